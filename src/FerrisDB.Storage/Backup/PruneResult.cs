namespace FerrisDB.Storage;

/// <summary>What a pruning has removed, or would remove.</summary>
/// <param name="Removed">The backups that are gone.</param>
/// <param name="Kept">Those that are there.</param>
/// <param name="ObjectsRemoved">Objects that no kept backup needs.</param>
/// <param name="BytesRemoved">Bytes that they took.</param>
public sealed record PruneResult(
    IReadOnlyList<BackupInfo> Removed, IReadOnlyList<BackupInfo> Kept, int ObjectsRemoved, long BytesRemoved);
