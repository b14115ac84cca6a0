namespace FerrisDB.Transactions;

/// <summary>What somebody may do, each with what the one before may.</summary>
internal enum AccessRole : byte
{
    /// <summary>Read, and watch.</summary>
    ReadOnly = 0,

    /// <summary>Write too.</summary>
    ReadWrite = 1,

    /// <summary>Everything: keys of the system, backups, orders to the server.</summary>
    Admin = 2,
}
