using System.Buffers;

namespace FerrisDB.Storage;

// A backup, step by step, while writes go on in the database:
//
//     1  sync        everything acknowledged is in the log
//     2  hold        no segment of the log goes away; what it has up to here is in the backup
//     3  freeze      the manifest's state and the tables that it names, held together
//     4  log         read, checked and stored; then the log is let go, long before the tables are done
//     5  tables      and blobs, each checked on the way; what an earlier backup has is neither read nor stored
//     6  manifest    of the database, as one snapshot
//     7  backups/N   when all before it is durable: from here on the backup counts
//
// 2 comes before 3 for the reason that Checkpoint gives: what a flush makes durable between them is in both.
// A backup that is interrupted leaves objects that no backup names. The next one finds them by their hashes and does
// not store them again; prune removes what nobody needs.

/// <summary>Makes one backup of an open database.</summary>
internal sealed class BackupRun
{
    private readonly StorageEngine _engine;
    private readonly LsmTree _tree;
    private readonly BackupCatalog _catalog;
    private readonly BackupOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly List<BackupFile> _files = [];
    private readonly Dictionary<string, long> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, FileStamp), BackupFile> _known = [];
    private ProgressCounter _progress = new(null, 0);
    private DateTimeOffset _takenAt;
    private BackupClock? _clock;
    private int _filesAdded;
    private long _bytesAdded;
    private long _bytesRead;

    private BackupRun(
        StorageEngine engine, BackupCatalog catalog, BackupOptions options, CancellationToken cancellation)
    {
        _engine = engine;
        _tree = engine.Tree;
        _catalog = catalog;
        _options = options;
        _cancellation = cancellation;
    }

    private BackupObjects Objects => _catalog.Objects;

    /// <summary>Makes a backup in a target that the caller has locked exclusively.</summary>
    public static async ValueTask<BackupResult> RunAsync(
        StorageEngine engine, BackupCatalog catalog, BackupOptions options, CancellationToken cancellation)
    {
        var run = new BackupRun(engine, catalog, options, cancellation);
        await run.PrepareAsync();
        return engine.Parts.Wal is { } wal ? await run.RunAsync(wal) : await run.RunReadOnlyAsync();
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

    private async ValueTask<BackupResult> RunAsync(WalWriter wal)
    {
        ReadClocks();
        await _engine.SyncAsync();
        var hold = wal.Hold();
        try
        {
            using var frozen = await FrozenTree.TakeAsync(_tree);
            var log = LogSources.Of(_tree.Files, hold.Segments, frozen.Snapshot.DurableVersion ?? 0);
            return await StoreAsync(frozen, log, hold);
        }
        finally
        {
            hold.Dispose();
        }
    }

    private async ValueTask<BackupResult> RunReadOnlyAsync()
    {
        ReadClocks();
        var state = ManifestLog.Recover(_tree.Files, _tree.Folder)!;
        using var frozen = FrozenTree.Take(_tree, state);
        var segments = await Checkpoint.FindSegmentsAsync(_tree, state);
        return await StoreAsync(frozen, LogSources.Of(_tree.Files, segments, state.DurableVersion), null);
    }

    // Both at one moment, and before the log is held: what was committed by then is in the backup.
    private void ReadClocks()
    {
        _takenAt = _engine.Options.TimeProvider.GetUtcNow();
        _clock = _options.Clock?.Invoke();
    }

    private async ValueTask<BackupResult> StoreAsync(FrozenTree frozen, LogSources log, WalHold? hold)
    {
        var manifest = BackupSource.OfBytes(FileNames.Manifest(1), ManifestOf(frozen.Snapshot, log.Newest));
        var tables = SourcesOf(frozen);
        var total = log.Files.Concat(tables).Append(manifest).Sum(source => source.SizeBytes);
        _progress = new ProgressCounter(_options.Progress, total);
        foreach (var segment in log.Files)
            await StoreAsync(segment);
        hold?.Dispose();
        foreach (var table in tables)
            await StoreAsync(table);
        await StoreAsync(manifest);

        var durableVersion = frozen.Snapshot.DurableVersion ?? 0;
        var backup = new BackupManifest
        {
            Id = _catalog.NextId,
            TakenAt = _takenAt,
            FirstVersion = durableVersion,
            LastVersion = Math.Max(durableVersion, log.LastVersion),
            Clock = _clock,
            CreatedBy = $"FerrisDB {typeof(StorageEngine).Assembly.GetName().Version?.ToString(3)}",
            Files = _files,
        };
        var content = backup.Format();
        await Objects.PutAsync(
            BackupLayout.ManifestOf(backup.Id), new MemoryStream(content), content.Length, _cancellation);
        return new BackupResult(BackupInfo.Of(backup), _filesAdded, _bytesAdded, _bytesRead);
    }

    private async ValueTask StoreAsync(BackupSource source)
    {
        _progress.Begin(source.Name);
        var stamp = source.Path is null ? null : _tree.Files.StampOf(source.Path);
        if (stamp is { } known && _known.TryGetValue((source.Name, known), out var earlier)
            && earlier.SizeBytes == source.SizeBytes && IsStored(earlier.Hash, earlier.SizeBytes))
        {
            _files.Add(earlier);
            _progress.Add(source.SizeBytes);
            return;
        }
        if (source.Handle is not null)
            Check(source.Handle);
        var (hash, _) = await HashAsync(source);
        if (!IsStored(hash, source.SizeBytes))
            await PutAsync(source, hash);
        _files.Add(new BackupFile(source.Name, source.SizeBytes, hash, stamp));
    }

    private bool IsStored(string hash, long sizeBytes) =>
        _stored.TryGetValue(Objects.NameOf(hash), out var storedBytes)
        && storedBytes == Objects.StoredSizeOf(sizeBytes);

    private async ValueTask<(string Hash, long SizeBytes)> HashAsync(BackupSource source)
    {
        _bytesRead += source.SizeBytes;
        await using var content = source.Open();
        return await StreamCopy.HashAsync(content, _cancellation, _progress.Add);
    }

    private async ValueTask PutAsync(BackupSource source, string hash)
    {
        var name = Objects.NameOf(hash);
        var path = BackupLayout.ObjectOf(name);
        var folder = Objects.Cipher is null ? Objects.Store as FolderBackupStore : null;
        var isLinked = source.Path is not null && folder is { LinksFiles: true }
            && await folder.TryLinkAsync(_tree.Files, source.Path, path);
        if (!isLinked)
            await Objects.PutAsync(path, source.Open(), source.SizeBytes, _cancellation);
        _stored[name] = Objects.StoredSizeOf(source.SizeBytes);
        _filesAdded++;
        _bytesAdded += source.SizeBytes;
    }

    // What is damaged must not become a backup that looks whole.
    private void Check(FileHandle handle)
    {
        var isHeld = handle.TryAcquire();
        Invariant.That(isHeld);
        var name = handle is TableHandle table
            ? FileNames.Table(table.FileNumber)
            : FileNames.Blob(((BlobHandle)handle).FileNumber);
        ScrubReading reading;
        try
        {
            reading = ScrubReading.Of(handle, _tree.Files.Open(_tree.PathOf(name), FileAccess.Read));
        }
        catch
        {
            handle.Release();
            throw;
        }
        using (reading)
        {
            while (!reading.IsAtEnd)
            {
                _cancellation.ThrowIfCancellationRequested();
                reading.ReadNext(static (error, _, _) => throw error);
            }
        }
    }

    private List<BackupSource> SourcesOf(FrozenTree frozen)
    {
        var sources = new List<BackupSource>();
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            foreach (var table in frozen.Tables.Level(level))
                Add(FileNames.Table(table.FileNumber), table.Metadata.SizeBytes, table);
        }
        foreach (var blob in frozen.Tables.Blobs.All)
            Add(FileNames.Blob(blob.FileNumber), blob.Metadata.SizeBytes, blob);
        return sources;

        void Add(string name, long sizeBytes, FileHandle handle) =>
            sources.Add(BackupSource.OfFile(_tree.Files, _tree.Folder, name, sizeBytes, handle));
    }

    private static byte[] ManifestOf(ManifestEdit snapshot, BegunSegment newest)
    {
        var state = new ManifestState();
        state.Apply(snapshot);
        state.Apply(new ManifestEdit { NewestSegment = newest });
        var content = new ArrayBufferWriter<byte>();
        ManifestFormat.WriteHeader(content, 1);
        ManifestFormat.WriteEdit(content, 0, state.ToSnapshot());
        ManifestFormat.WriteEndMark(content, 1);
        return content.WrittenSpan.ToArray();
    }
}
