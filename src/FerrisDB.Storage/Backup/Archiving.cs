namespace FerrisDB.Storage;

// Each step stores what the log has grown by, and writes a new text: a backup with the same tables and a longer log.
// The text of the step before goes then; what it can restore, the new one can. The backup that a row begins with stays.

/// <summary>Keeps the log of a database in backups, so that no version is missing between them.</summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class Archiving(ILogArchive archive, ArchiveOptions options)
{
    // The backup whose log grows; and its name again if this has written it.
    private string? _lastId;
    private string? _ownId;

    /// <summary>Makes one step, in a target that is locked exclusively.</summary>
    /// <param name="catalog">The target.</param>
    /// <param name="disk">Where the files of a database in this process are.</param>
    /// <param name="cancellation">Ends it early, with an exception.</param>
    public async ValueTask StepAsync(BackupCatalog catalog, IFileSystem disk, CancellationToken cancellation)
    {
        var last = catalog.Manifests.LastOrDefault(each => _lastId is null || each.Id == _lastId);
        if (last is not null && LogBytesOf(last) <= options.LogBytesMax
            && await TryExtendAsync(last, catalog, disk, cancellation))
            return;
        await using var origin = await archive.TakeAllAsync(last is null ? null : LogPlace.Of(last));
        // The one before goes on up to here, first of all: then nothing is missing between the two.
        if (last is not null && origin.Earlier is not null)
            await ExtendAsync(last, origin.Continuation, catalog, disk, cancellation);
        var covered = catalog.Manifests.Select(each => each.LastVersion).DefaultIfEmpty(long.MaxValue).Max();
        var result = await BackupRun.RunAsync(origin, catalog, disk, null, cancellation);
        (_lastId, _ownId) = (result.Backup.Id, null);
        options.Stored?.Invoke(covered < result.Backup.FirstVersion ? result with { MissingAfter = covered } : result);
    }

    // False if the log does not reach back so far.
    private async ValueTask<bool> TryExtendAsync(
        BackupManifest last, BackupCatalog catalog, IFileSystem disk, CancellationToken cancellation)
    {
        if (LogPlace.Of(last) is not { } place)
            return false;
        await using var origin = await archive.TakeLogAsync(place);
        if (origin is null)
            return false;
        _lastId = last.Id;
        await ExtendAsync(last, origin, catalog, disk, cancellation);
        return true;
    }

    private async ValueTask ExtendAsync(
        BackupManifest last, BackupOrigin log, BackupCatalog catalog, IFileSystem disk, CancellationToken cancellation)
    {
        if (log.Moment.LastVersion <= last.LastVersion)
            return;
        var result = await BackupRun.RunAsync(log, catalog, disk, null, cancellation, last);
        if (last.Id == _ownId)
            await RemoveAsync(last, catalog, cancellation);
        _lastId = _ownId = result.Backup.Id;
        options.Stored?.Invoke(result);
    }

    // With it goes the log that only it has: the end of a segment that has grown since.
    private static async ValueTask RemoveAsync(
        BackupManifest last, BackupCatalog catalog, CancellationToken cancellation)
    {
        await catalog.Objects.Store.DeleteAsync(BackupLayout.ManifestOf(last.Id), cancellation);
        catalog.Remove(last);
        // One that cannot be read may need any object.
        if (catalog.Damaged.Count > 0)
            return;
        var needed = catalog.Manifests.SelectMany(each => each.Files).Select(file => file.Hash).ToHashSet();
        foreach (var file in last.Files.Where(file => IsLog(file) && !needed.Contains(file.Hash)))
        {
            var name = BackupLayout.ObjectOf(catalog.Objects.NameOf(file.Hash));
            await catalog.Objects.Store.DeleteAsync(name, cancellation);
        }
    }

    private static long LogBytesOf(BackupManifest backup) => backup.Files.Where(IsLog).Sum(file => file.SizeBytes);

    private static bool IsLog(BackupFile file) => BackupManifestCheck.IsKind(file, FileKind.Wal);
}
