namespace FerrisDB.Storage;

/// <summary>How far a backup, a restore or a verification has come.</summary>
/// <param name="File">The file of the database, or the object of the backup, that it is at.</param>
/// <param name="BytesDone">Bytes that are done, or found done already.</param>
/// <param name="BytesTotal">Bytes that there are.</param>
public readonly record struct BackupProgress(string File, long BytesDone, long BytesTotal);
