namespace FerrisDB.Transactions;

/// <summary>What is held for a backup. The numbers are part of the protocol.</summary>
internal enum BackupScope : byte
{
    /// <summary>All that a backup has.</summary>
    All = 0,

    /// <summary>As <see cref="All"/>; and the log stays held from here on, so that the rest can be had later.</summary>
    AllAndLogLater = 1,

    /// <summary>The log, from a place on; it stays held.</summary>
    Log = 2,
}
