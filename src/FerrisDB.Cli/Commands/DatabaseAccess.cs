namespace FerrisDB.Cli;

/// <summary>How a verb opens the database.</summary>
internal enum DatabaseAccess
{
    /// <summary>Read-only, under a shared lock; the folder is not changed.</summary>
    Read,

    /// <summary>For writing; the database must exist.</summary>
    Write,

    /// <summary>For writing; a database that does not exist is created.</summary>
    Create,
}
