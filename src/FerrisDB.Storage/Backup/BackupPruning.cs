namespace FerrisDB.Storage;

// First the backups, each durably gone before the next; then the objects that none of the kept ones needs. A crash in
// between leaves objects that nobody needs, which the next pruning finds. A backup that cannot be read may need any
// object, so nothing is pruned beside one.

/// <summary>Removes old backups, and what only they needed. The target is locked exclusively.</summary>
internal sealed class BackupPruning(BackupCatalog catalog, CancellationToken cancellation)
{
    private IBackupStore Store => catalog.Objects.Store;

    public async ValueTask<PruneResult> RunAsync(BackupRetention retention)
    {
        if (catalog.Damaged is [var (_, error), ..])
            throw error;
        var kept = new List<BackupManifest>();
        var removed = new List<BackupManifest>();
        for (var index = 0; index < catalog.Manifests.Count; index++)
        {
            var backup = catalog.Manifests[index];
            var isKept = index >= catalog.Manifests.Count - retention.Newest || backup.TakenAt >= retention.Since;
            (isKept ? kept : removed).Add(backup);
        }
        var unneeded = await FindUnneededAsync(kept, removed);
        if (!retention.DryRun)
            await RemoveAsync(removed, unneeded);
        return new PruneResult(
            [.. removed.Select(BackupInfo.Of)], [.. kept.Select(BackupInfo.Of)],
            unneeded.Count, unneeded.Sum(each => each.SizeBytes));
    }

    private async ValueTask<List<StoredObject>> FindUnneededAsync(
        List<BackupManifest> kept, List<BackupManifest> removed)
    {
        var needed = NamesOf(kept);
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.PruneForgetsWhatIsShared)
            needed.ExceptWith(NamesOf(removed));
#endif
        var objects = await Store.ListAsync(BackupLayout.Objects, cancellation);
        return [.. objects.Where(each => !needed.Contains(each.Name))];
    }

    private async ValueTask RemoveAsync(List<BackupManifest> removed, List<StoredObject> unneeded)
    {
        foreach (var backup in removed)
            await Store.DeleteAsync(BackupLayout.ManifestOf(backup.Id), cancellation);
        foreach (var (name, _) in unneeded)
            await Store.DeleteAsync(BackupLayout.ObjectOf(name), cancellation);
    }

    private HashSet<string> NamesOf(IEnumerable<BackupManifest> backups) =>
        backups.SelectMany(backup => backup.Files).Select(file => catalog.Objects.NameOf(file.Hash))
            .ToHashSet(StringComparer.Ordinal);
}
