namespace FerrisDB.Storage;

/// <summary>A backup that was made.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="FilesAdded">Files that no earlier backup had, and that were stored.</param>
/// <param name="BytesAdded">Their bytes, before encryption.</param>
/// <param name="BytesRead">Bytes that had to be read of the database: what an earlier backup knows is not.</param>
public sealed record BackupResult(BackupInfo Backup, int FilesAdded, long BytesAdded, long BytesRead)
{
    /// <summary>
    /// Of a backup that begins anew because the log of the one before did not reach so far: the last version that can
    /// be restored of those before. What was committed after it and before <see cref="BackupInfo.FirstVersion"/> of
    /// this one is in no backup. Null if nothing is missing.
    /// </summary>
    public long? MissingAfter { get; init; }
}
