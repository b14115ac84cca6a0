namespace FerrisDB.Storage;

/// <summary>A database that was restored.</summary>
/// <param name="Backup">Where it comes from.</param>
/// <param name="LastVersion">The newest version that it has: the one asked for, or the newest before that.</param>
/// <param name="SizeBytes">Bytes of its files.</param>
/// <param name="BytesKept">Of them, those that an interrupted restore had left, and that were found good.</param>
public sealed record RestoreResult(BackupInfo Backup, long LastVersion, long SizeBytes, long BytesKept);
