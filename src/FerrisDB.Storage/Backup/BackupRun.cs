namespace FerrisDB.Storage;

// A backup, step by step, of what is held (EngineBackup):
//
//     1  log         read, checked and stored; then the log is let go, long before the tables are done
//     2  tables      and blobs, each checked on the way; what an earlier backup has is neither read nor stored
//     3  manifest    of the database, as one snapshot
//     4  backups/N   when all before it is durable: from here on the backup counts
//
// A backup that is interrupted leaves objects that no backup names. The next one finds them by their hashes and does
// not store them again; prune removes what nobody needs.

/// <summary>Makes one backup, in a target that the caller has locked exclusively.</summary>
internal sealed class BackupRun
{
    private readonly BackupCatalog _catalog;
    private readonly CancellationToken _cancellation;
    private readonly List<BackupFile> _files = [];
    private readonly Dictionary<string, long> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, FileStamp), BackupFile> _known = [];
    private readonly IFileSystem _disk;
    private ProgressCounter _progress = new(null, 0);
    private int _filesAdded;
    private long _bytesAdded;
    private long _bytesRead;

    private BackupRun(BackupCatalog catalog, IFileSystem disk, CancellationToken cancellation)
    {
        _catalog = catalog;
        _disk = disk;
        _cancellation = cancellation;
    }

    private BackupObjects Objects => _catalog.Objects;

    /// <summary>Stores what is held, and writes down that it is a backup.</summary>
    /// <param name="origin">What is held, by the caller.</param>
    /// <param name="catalog">The target.</param>
    /// <param name="disk">Where the files of a database in this process are.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it early, with an exception.</param>
    /// <param name="extended">
    /// The backup whose log goes on in what is held: then it has the files of that one too. Null makes one of its own.
    /// </param>
    public static async ValueTask<BackupResult> RunAsync(
        BackupOrigin origin, BackupCatalog catalog, IFileSystem disk, Action<BackupProgress>? progress,
        CancellationToken cancellation, BackupManifest? extended = null)
    {
        var run = new BackupRun(catalog, disk, cancellation);
        await run.PrepareAsync();
        return await run.StoreAsync(origin, progress, extended);
    }

    private async ValueTask PrepareAsync()
    {
        if (_catalog.IsNew)
        {
            var header = new BackupHeader(Objects.Cipher?.Check).Format();
            await Objects.Store.WriteAsync(
                BackupLayout.Header, new MemoryStream(header), header.Length, _cancellation);
        }
        foreach (var (name, sizeBytes) in await Objects.Store.ListAsync(BackupLayout.Objects, _cancellation))
            _stored[name] = sizeBytes;
        foreach (var file in _catalog.Manifests.SelectMany(manifest => manifest.Files))
        {
            if (file.Stamp is { } stamp)
                _known[(file.Name, stamp)] = file;
        }
    }

    private async ValueTask<BackupResult> StoreAsync(
        BackupOrigin origin, Action<BackupProgress>? progress, BackupManifest? extended)
    {
        // The last segment of the log is there again, longer.
        _files.AddRange((extended?.Files ?? []).Where(file => origin.Log.All(segment => segment.Name != file.Name)));
        _progress = new ProgressCounter(progress, origin.Log.Concat(origin.Tables).Sum(source => source.SizeBytes));
        foreach (var segment in origin.Log)
            await StoreAsync(segment);
        await origin.ReleaseLogAsync();
        foreach (var table in origin.Tables)
            await StoreAsync(table);

        var backup = new BackupManifest
        {
            Id = _catalog.NextId,
            TakenAt = origin.Moment.TakenAt,
            FirstVersion = extended?.FirstVersion ?? origin.Moment.FirstVersion,
            LastVersion = origin.Moment.LastVersion,
            Clock = origin.Moment.Clock,
            CreatedBy = BackupManifest.ThisProgram,
            Files = _files,
        };
        var content = backup.Format();
        await Objects.PutAsync(
            BackupLayout.ManifestOf(backup.Id), new MemoryStream(content), content.Length, _cancellation);
        _catalog.Add(backup);
        return new BackupResult(BackupInfo.Of(backup), _filesAdded, _bytesAdded, _bytesRead);
    }

    private async ValueTask StoreAsync(BackupSource source)
    {
        var end = _progress.BytesDone + source.SizeBytes;
        _progress.Begin(source.Name);
        var stamp = source.Stamp;
        if (stamp is { } known && _known.TryGetValue((source.Name, known), out var earlier)
            && earlier.SizeBytes == source.SizeBytes && IsStored(earlier.Hash, earlier.SizeBytes))
        {
            _files.Add(earlier);
        }
        else
        {
            _bytesRead += source.SizeBytes;
            var hash = await source.HashAsync(_progress.Add, _cancellation);
            if (!IsStored(hash, source.SizeBytes))
                await PutAsync(source, hash);
            _files.Add(new BackupFile(source.Name, source.SizeBytes, hash, stamp));
        }
        _progress.Add(end - _progress.BytesDone);
    }

    private bool IsStored(string hash, long sizeBytes) =>
        _stored.TryGetValue(Objects.NameOf(hash), out var storedBytes)
        && storedBytes == Objects.StoredSizeOf(sizeBytes);

    private async ValueTask PutAsync(BackupSource source, string hash)
    {
        var name = Objects.NameOf(hash);
        var path = BackupLayout.ObjectOf(name);
        var folder = Objects.Cipher is null ? Objects.Store as FolderBackupStore : null;
        var isLinked = source.Path is not null && folder is { LinksFiles: true }
            && await folder.TryLinkAsync(_disk, source.Path, path);
        if (!isLinked)
            await Objects.PutAsync(path, source.Open(_progress.Add), source.SizeBytes, _cancellation);
        _stored[name] = Objects.StoredSizeOf(source.SizeBytes);
        _filesAdded++;
        _bytesAdded += source.SizeBytes;
    }
}
