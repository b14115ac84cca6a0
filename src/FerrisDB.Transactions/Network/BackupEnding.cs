namespace FerrisDB.Transactions;

/// <summary>What is not held any more for a backup. The numbers are part of the protocol.</summary>
internal enum BackupEnding : byte
{
    /// <summary>The files that are read.</summary>
    Files = 0,

    /// <summary>Those of the log alone.</summary>
    LogFiles = 1,

    /// <summary>All, also the log that was to be had later.</summary>
    Everything = 2,
}
