namespace FerrisDB.Cli;

/// <summary>What a pruning has removed.</summary>
internal sealed record BackupPruneJson(
    bool DryRun, IReadOnlyList<string> Removed, IReadOnlyList<string> Kept, int Objects, long Bytes)
{
    public static BackupPruneJson Of(PruneResult result, bool isDryRun) => new(
        isDryRun, [.. result.Removed.Select(backup => backup.Id)], [.. result.Kept.Select(backup => backup.Id)],
        result.ObjectsRemoved, result.BytesRemoved);
}
