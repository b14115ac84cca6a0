namespace FerrisDB.Transactions;

/// <summary>Which role of a process a frame is for. The numbers are part of the protocol.</summary>
internal enum RoleEndpoint : byte
{
    /// <summary>No role: the connection itself.</summary>
    Connection = 0,

    GrvProxy = 1,

    StorageServer = 2,

    CommitProxy = 3,

    /// <summary>The process as a whole, for who operates it.</summary>
    Admin = 4,

    /// <summary>Who holds files for a backup and reads them out.</summary>
    Backup = 5,

    /// <summary>Who takes rows that become tables.</summary>
    Load = 6,
}
