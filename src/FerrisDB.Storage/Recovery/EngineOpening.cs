using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// Opening, step by step; a crash at any point leaves a folder that opens again:
//
//     1  LOCK        nobody else has the folder
//     2  CURRENT     names the manifest; the manifest names the tables       (none: a new database)
//     3  tables      each is there in its full length, and so are blobs
//     4  N.wal       everything above the durable version goes into MemTables again; the log is made durable
//     5  manifest    a new one begins; what no manifest names is deleted
//     6  N.wal       a database that has no log gets one, so that its first commit does not wait for it
//     7  background  flushes and compactions that were due go on
//
// Read-only stops after 4 and has written nothing.

/// <summary>Puts an engine together from what a folder holds.</summary>
internal sealed class EngineOpening
{
    private readonly StorageOptions _options;
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly StorageEventHub _events = new();
    private readonly Stack<object> _undo = [];
    private readonly long _startedAt;

    private EngineOpening(string folder, StorageOptions options)
    {
        _options = options;
        _folder = folder;
        _files = options.FileSystem ?? new DiskFileSystem();
        _startedAt = options.TimeProvider.GetTimestamp();
    }

    public static async ValueTask<StorageEngine> OpenAsync(string folder, StorageOptions options)
    {
        options.Validate();
        var opening = new EngineOpening(folder, options);
        try
        {
            return await opening.RunAsync();
        }
        catch
        {
            await opening.UndoAsync();
            throw;
        }
    }

    private async ValueTask<StorageEngine> RunAsync()
    {
        await PrepareFolderAsync();
        var folderLock = Hold(_files.Lock(PathOf(FileNames.Lock), exclusive: !_options.ReadOnly));
        var state = RecoverManifest();
        CheckFiles(state);

        var ownScheduler = _options.Scheduler is null ? Hold(new ThreadScheduler(_options.CompactionsMax)) : null;
        var scheduler = _options.Scheduler ?? ownScheduler!;
        var blockCache = Hold(new BlockCache(_options.EffectiveBlockCacheBytes));
        var tableCache = Hold(new TableCache(_files, _folder, blockCache, _options.OpenTablesMax));
        var manifest = _options.ReadOnly ? null : Hold(await ManifestLog.StartAsync(_files, _folder, state));
        var tree = new LsmTree(new TreeParts
        {
            Options = _options,
            Files = _files,
            Folder = _folder,
            Scheduler = scheduler,
            TableCache = tableCache,
            Events = _events,
            Manifest = manifest,
            Tables = [.. state.Tables],
            Blobs = [.. state.Blobs],
            NextFileNumber = FirstFreeFileNumber(state),
            DurableVersion = state.DurableVersion,
            LastVersion = Math.Max(state.LastVersion, state.DurableVersion),
            Floor = state.Floor,
        });
        var logEnd = await ReplayAsync(tree, state, scheduler);
        tree.IngestedVersion = logEnd.IsBehindTables
            ? state.DurableVersion
            : state.Tables.Select(static placed => placed.Metadata.GlobalVersion).DefaultIfEmpty().Max();
        var wal = _options.ReadOnly ? null : new WalWriter(_files, _folder, _options, scheduler, logEnd);
        if (wal is not null)
        {
            await RemoveLeftoversAsync(state);
            tree.DurableVersionAdvanced = wal.Release;
            wal.SegmentBegun = tree.RecordSegmentAsync;
            wal.SegmentAwaited = tree.Stall.CountWaitForLog;
            await wal.BeginAsync();
        }
        var cursors = new OpenCursorPool(tableCache, () => FreeCaches(tableCache, blockCache));
        var parts = new EngineParts
        {
            Tree = tree,
            Wal = wal,
            Commits = wal is null ? null : new GroupCommit(wal, tree),
            Manifest = manifest,
            Marks = [.. state.Marks],
            Cursors = cursors,
            BlockCache = blockCache,
            FolderLock = folderLock,
            OwnScheduler = ownScheduler,
        };
        if (wal is not null)
            tree.Start();
        return new StorageEngine(parts);
    }

    private async ValueTask PrepareFolderAsync()
    {
        if (_files.DirectoryExists(_folder))
        {
            if (_options.ReadOnly || _files.FileExists(PathOf(FileNames.Current)))
                return;
        }
        else
        {
            if (_options.ReadOnly || !_options.CreateIfMissing)
                throw NoDatabase();
            _files.CreateDirectory(_folder);
        }
        // A folder without a database may be what a killed process created and did not sync.
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(_folder));
        await _files.SyncDirectoryAsync(string.IsNullOrEmpty(parent) ? "." : parent);
    }

    private ManifestState RecoverManifest()
    {
        var state = ManifestLog.Recover(_files, _folder);
        if (state is not null)
            return state;
        if (_options.ReadOnly || !_options.CreateIfMissing)
            throw NoDatabase();
        var limits = new SizeLimits(_options.KeySizeLimitBytes, _options.ValueSizeLimitBytes);
        return ManifestState.CreateNew(
            $"FerrisDB {typeof(StorageEngine).Assembly.GetName().Version?.ToString(3)}", limits);
    }

    private FerrisException NoDatabase() =>
        new(ErrorCode.FileNotFound,
            $"There is no database in {_folder}. Check the path, or open it with CreateIfMissing.");

    // A file that is missing or short is found now, not by the read that happens to need it.
    private void CheckFiles(ManifestState state)
    {
        foreach (var (_, table) in state.Tables)
            CheckFile(FileNames.Table(table.FileNumber), table.SizeBytes, "table");
        foreach (var blob in state.Blobs)
            CheckFile(FileNames.Blob(blob.FileNumber), blob.SizeBytes, "blob");
    }

    private void CheckFile(string name, long sizeBytes, string what)
    {
        var path = PathOf(name);
        if (!_files.FileExists(path))
            throw FerrisException.Corrupt(path, 0, $"a {what} that the manifest names", "no file");
        using var file = _files.Open(path, FileAccess.Read);
        if (file.Length != sizeBytes)
            throw FerrisException.Corrupt(path, file.Length, $"{sizeBytes} bytes", $"{file.Length}");
    }

    private long FirstFreeFileNumber(ManifestState state)
    {
        var first = state.NextFileNumber;
        foreach (var name in _files.List(_folder))
        {
            if (FileNames.TryParse(name, out _, out var number))
                first = Math.Max(first, number + 1);
        }
        return first;
    }

    // MemTables that fill up are handed to the tree as sealed; they are flushed later, in the background.
    private async ValueTask<WalEnd> ReplayAsync(LsmTree tree, ManifestState state, IScheduler scheduler)
    {
        await using var hardening = _options.ReadOnly ? null : new WalHardening(_files, scheduler);
        using var recovery = new WalRecovery(
            _files, _folder, state.DurableVersion, _options.ReadOnly, state.NewestSegment, hardening);
        using var replay = new LogReplay(_options.EffectiveMemTableBytes, tree.NewMemTable);
        var (records, bytes) = Replay(recovery, replay, tree);
        var end = await recovery.FinishAsync(tree.RecordSegmentAsync);
        if (!replay.IsEmpty)
            tree.AdoptActive(replay.Take(), end.LastVersion);
        _events.Raise(new RecoveryEnded(
            records, bytes, tree.LastVersion, end.Reason, _options.TimeProvider.GetElapsedTime(_startedAt)));
        return end;
    }

    // Opening happens in the first moments of a process: what runs once for each record does not wait for the compiler
    // to find out that it is hot.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (long Records, long Bytes) Replay(WalRecovery recovery, LogReplay replay, LsmTree tree)
    {
        var (records, bytes) = (0L, 0L);
        while (recovery.TryNext(out var version, out var payload))
        {
            BatchReader.Verify(payload, recovery.SegmentPath, recovery.PayloadOffset);
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.RecoverySkipsRecords && version % 5 == 0)
                continue;
#endif
            if (!replay.TryAdd(version, payload))
            {
                tree.AdoptSealed(replay.Take(), version - 1);
                replay.TryAdd(version, payload);
            }
            records++;
            bytes += payload.Length;
        }
        return (records, bytes);
    }

    private async ValueTask RemoveLeftoversAsync(ManifestState state)
    {
        var isAnyRemoved = false;
        foreach (var name in _files.List(_folder))
        {
            if (!FileNames.TryParse(name, out var kind, out var number))
                continue;
            var isLeftover = kind switch
            {
                FileKind.Temporary => true,
                FileKind.Table => !state.HasTable(number),
                FileKind.Blob => !state.HasBlob(number),
                _ => false,
            };
            if (!isLeftover)
                continue;
            _files.Delete(PathOf(name));
            isAnyRemoved = true;
        }
        if (isAnyRemoved)
            await _files.SyncDirectoryAsync(_folder);
    }

    // The last cursor has left. Gets that are still under way are inside an epoch, and the blocks wait for them.
    internal static void FreeCaches(TableCache tableCache, BlockCache blockCache)
    {
        tableCache.Dispose();
        Epochs.Retire(new RetiredCache(blockCache));
        Epochs.Collect();
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private async ValueTask UndoAsync()
    {
        if (!_undo.TryPop(out var held))
            return;
        try
        {
            if (held is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                ((IDisposable)held).Dispose();
        }
        finally
        {
            await UndoAsync();
        }
    }

    private T Hold<T>(T held)
        where T : class
    {
        _undo.Push(held);
        return held;
    }

    private sealed class RetiredCache(BlockCache blockCache) : IRetirable
    {
        public void Reclaim() => blockCache.Dispose();
    }
}
