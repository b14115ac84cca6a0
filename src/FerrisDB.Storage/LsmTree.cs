using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Storage;

/// <summary>
/// The tree without a log: MemTables on top, tables by level below, and the background work that moves data down.
/// </summary>
/// <remarks>
/// Whoever owns the log feeds it through <see cref="ICommitTarget"/>: room is prepared, batches are applied in the
/// order of their versions, and a version becomes readable when it is published. What is durable in tables is
/// <see cref="DurableVersion"/>; a log need not be kept below it. Reads never wait for anything but the disk.
/// <code>
///     Apply ──► active MemTable ──► sealed MemTables ──► L0 ──► L1 ─ … ─► L6
///                              full                flush    compaction
/// </code>
/// Lock order: install (asynchronous, one manifest edit at a time) or apply (a batch goes whole into one MemTable),
/// then view. Nothing is awaited under the last two.
/// </remarks>
internal sealed class LsmTree : ICommitTarget, IDisposable
{
    private readonly SemaphoreSlim _installLock = new(1, 1);
    private readonly Lock _applyLock = new();
    private readonly Lock _viewLock = new();
    private readonly ManifestLog? _manifest;
    private readonly DiskSpaceGuard _diskSpace;
    private readonly SpareMemory _spareMemory = new();
    private readonly FlushJob _flush;
    private readonly CompactionQueue _compactions;
    private readonly ObsoleteFiles _obsoleteFiles;

    // Replaced whole under the view lock; read by all.
    private volatile ReadView _view;

    // Written by the publishing thread, read by all.
    private long _lastVersion;

    // Bytes that were prepared for and not applied yet: whatever MemTable is active when they come must hold them.
    // Written under the apply lock.
    private long _preparedBytes;
    private long _fileNumber;
    private long _durableVersion;
    private long _ingestedVersion;
    private long _memTableNumber;

    // A flush found its MemTable not wholly published and waits for this version.
    private long _flushAwaitsVersion = long.MaxValue;
    private volatile Exception? _failure;
    private volatile bool _isClosing;

    public LsmTree(TreeParts parts)
    {
        Options = parts.Options;
        Files = parts.Files;
        Folder = parts.Folder;
        Scheduler = parts.Scheduler;
        TableCache = parts.TableCache;
        Events = parts.Events;
        _manifest = parts.Manifest;
        _lastVersion = parts.LastVersion;
        _fileNumber = parts.NextFileNumber - 1;
        DurableVersion = parts.DurableVersion;
        Snapshots = new SnapshotList(parts.Floor);
        CompactionRate = new RateLimit(Options.CompactionBytesPerSecond, Options.TimeProvider);
        Stall = new WriteStall(Options, Events);
        _diskSpace = new DiskSpaceGuard(Files, Folder, Options);
        _obsoleteFiles = new ObsoleteFiles(this);
        _flush = new FlushJob(this);
        _compactions = new CompactionQueue(this);
        Scrub = new Scrub(this);
        var active = NewMemTable(Options.EffectiveMemTableBytes);
        var none = new TableSet();
        var tables = none.Apply(
            new ManifestEdit { AddedTables = parts.Tables, AddedBlobs = parts.Blobs }, NewHandle, NewHandle);
        none.Release();
        _view = new ReadView(active, [], tables);
        active.Release();
        tables.Release();
    }

    public StorageOptions Options { get; }

    public IFileSystem Files { get; }

    public string Folder { get; }

    public IScheduler Scheduler { get; }

    public TableCache TableCache { get; }

    public SnapshotList Snapshots { get; }

    public RateLimit CompactionRate { get; }

    public WriteStall Stall { get; }

    public StorageEventHub Events { get; }

    public StorageCounters Counters { get; } = new();

    public CompactionQueue Compactions => _compactions;

    public FlushJob Flush => _flush;

    public Scrub Scrub { get; }

    /// <summary>Files that the tree no longer names and that are not deleted yet.</summary>
    public int ObsoleteFileCount => _obsoleteFiles.Count;

    /// <summary>Called after each flush with the version up to which everything is in tables.</summary>
    public Action<long>? DurableVersionAdvanced { get; set; }

    /// <summary>The newest version that reads see.</summary>
    public long LastVersion => Volatile.Read(ref _lastVersion);

    /// <summary>
    /// Everything at or below this version is in tables, and in no MemTable of the view any more. Written under the
    /// install lock.
    /// </summary>
    public long DurableVersion
    {
        get => Volatile.Read(ref _durableVersion);
        private set => Volatile.Write(ref _durableVersion, value);
    }

    /// <summary>
    /// The newest version that the log cannot tell of, for it came with tables: a log that begins before it is not all
    /// that there was.
    /// </summary>
    public long IngestedVersion
    {
        get => Volatile.Read(ref _ingestedVersion);
        set => Volatile.Write(ref _ingestedVersion, value);
    }

    /// <summary>
    /// The current view. Use it inside an epoch, or take a counted one with <see cref="AcquireView()"/>.
    /// </summary>
    public ReadView View => _view;

    /// <summary>What stopped the tree's writes, or null.</summary>
    public Exception? Failure => _failure;

    public bool IsClosing => _isClosing;

    /// <summary>Takes the current view with a reference; release it.</summary>
    public ReadView AcquireView()
    {
        while (true)
        {
            var view = _view;
            if (view.TryAcquire())
                return view;
            ObjectDisposedException.ThrowIf(_isClosing, typeof(StorageEngine));
        }
    }

    /// <summary>
    /// Takes a view and a version that belong together: all that was published up to the version is in the view, and
    /// nothing that a reader at the version needs has been dropped from it.
    /// </summary>
    /// <remarks>
    /// A version read after the view may name writes in a MemTable that the view lacks, unless the view is still the
    /// current one: so look again. No lock, and a second round only when a MemTable or table was just replaced.
    /// </remarks>
    public ReadView AcquireView(out long version)
    {
        while (true)
        {
            var view = AcquireView();
            version = LastVersion;
            if (ReferenceEquals(view, _view))
                return view;
            view.Release();
        }
    }

    public long NextFileNumber() => Interlocked.Increment(ref _fileNumber);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>What flush and compaction that start now must keep, and the newest version they may rely on.</summary>
    public long[] TakeBoundaries() => Snapshots.TakeBoundaries(() => LastVersion);

    // Hardly ever is there anything to wait for, and a state machine would be a tenth of what a write costs.
    public ValueTask PrepareAsync(int entries, long bytes)
    {
        ThrowIfFailed();
        _diskSpace.Check(bytes);
        var room = MemTable.RoomFor(entries, bytes);
        var active = _view.Active;
        var needed = room + Interlocked.Read(ref _preparedBytes);
        var fill = (double)(active.SizeBytes + needed) / active.CapacityBytes;
        var entering = Stall.EnterAsync(bytes, !active.HasRoomFor(needed), fill);
        if (!entering.IsCompletedSuccessfully)
            return PrepareLaterAsync(entering, room);
        Reserve(room);
        return ValueTask.CompletedTask;
    }

    private async ValueTask PrepareLaterAsync(ValueTask entering, long room)
    {
        await entering;
        Reserve(room);
    }

    private void Reserve(long room)
    {
        lock (_applyLock)
        {
            _preparedBytes += room;
            // Look again: somebody may have sealed the active one meanwhile.
            if (!_view.Active.HasRoomFor(_preparedBytes))
                Rotate();
        }
    }

    public void Apply(long version, ReadOnlySpan<byte> payload, int entries)
    {
        lock (_applyLock)
        {
            _view.Active.Apply(version, payload);
            Counters.CountBatch(entries, payload.Length);
            _preparedBytes -= MemTable.RoomFor(entries, payload.Length);
        }
    }

    public void Publish(long version)
    {
        Invariant.That(version > _lastVersion);
        Volatile.Write(ref _lastVersion, version);
        if (version >= Volatile.Read(ref _flushAwaitsVersion))
            ScheduleFlush();
    }

    /// <summary>Stops all writing for good; reads go on. The first failure is the one that is reported.</summary>
    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        Stall.Fail(failure);
        _compactions.Fail(failure);
        _flush.Fail(failure);
        Events.Raise(new StorageFailed(failure.Message));
    }

    public void ThrowIfFailed()
    {
        if (_failure is not null)
            ThrowFailure();
    }

    /// <summary>
    /// Seals the active MemTable, even if it is not full, so that all written so far will be flushed.
    /// </summary>
    public void SealActive()
    {
        lock (_applyLock)
        {
            if (!_view.Active.IsEmpty)
                Rotate();
        }
    }

    /// <summary>Called by a flush that met unpublished versions: it is scheduled again once they are.</summary>
    public void AwaitVersionForFlush(long version)
    {
        Volatile.Write(ref _flushAwaitsVersion, version);
        if (LastVersion >= version)
            ScheduleFlush();
    }

    public void ScheduleFlush()
    {
        Volatile.Write(ref _flushAwaitsVersion, long.MaxValue);
        Scheduler.Schedule(_flush);
    }

    /// <summary>Makes a change of the tree durable, then visible.</summary>
    /// <param name="added">Tables that come.</param>
    /// <param name="removed">Tables that go, or move if they come again.</param>
    /// <param name="flushed">The oldest sealed MemTable, if its content is in the added tables now.</param>
    /// <param name="ingestedVersion">The version of tables that come from outside; all before it is in tables.</param>
    /// <param name="blobs">Blobs that come with the added tables. Those to which nobody refers any more go.</param>
    public async ValueTask InstallAsync(
        IReadOnlyList<PlacedTable> added,
        IReadOnlyList<TablePlace> removed,
        MemTable? flushed = null,
        long? ingestedVersion = null,
        IReadOnlyList<BlobMetadata>? blobs = null)
    {
        var durableVersion = flushed?.NewestVersion ?? ingestedVersion;
        foreach (var (_, table) in added)
        {
            if (!removed.Any(place => place.FileNumber == table.FileNumber))
                TableCache.Prepare(table);
        }
        await _installLock.WaitAsync();
        try
        {
            ThrowIfFailed();
            var edit = new ManifestEdit
            {
                AddedTables = added,
                RemovedTables = removed,
                AddedBlobs = blobs ?? [],
                RemovedBlobs = _manifest!.State.BlobsUnusedAfter(added, removed),
                NextFileNumber = Interlocked.Read(ref _fileNumber) + 1,
                DurableVersion = durableVersion,
                LastVersion = durableVersion,
                Floor = Snapshots.Floor,
            };
            await _manifest.AppendAsync(edit);
            IngestedVersion = ingestedVersion ?? IngestedVersion;
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.FlushIsToldTooEarly)
            {
                DurableVersion = durableVersion ?? DurableVersion;
                for (var turn = 0; turn < 100; turn++)
                    Thread.Yield();
            }
#endif
            ReplaceTables(edit, flushed);
            // Not before: who waits for a flush looks into the view next, and must not find the MemTable there.
            DurableVersion = durableVersion ?? DurableVersion;
        }
        finally
        {
            _installLock.Release();
        }
        Stall.RaiseIfOver();
        // The old view holds a MemTable or tables: let them go now, not when enough else has been retired.
        Epochs.Collect();
        if (durableVersion is not null)
            DurableVersionAdvanced?.Invoke(DurableVersion);
        _compactions.Schedule();
    }

    /// <summary>Makes durable in which segment the log goes on.</summary>
    public async ValueTask RecordSegmentAsync(BegunSegment newest)
    {
        await _installLock.WaitAsync();
        try
        {
            await _manifest!.AppendAsync(new ManifestEdit { NewestSegment = newest });
        }
        finally
        {
            _installLock.Release();
        }
    }

    /// <summary>
    /// Runs an action while no change of the tree can be made durable (for a checkpoint, or an ingest).
    /// </summary>
    public async ValueTask<T> WithoutInstallsAsync<T>(Func<ManifestLog, ValueTask<T>> action)
    {
        await _installLock.WaitAsync();
        try
        {
            return await action(_manifest!);
        }
        finally
        {
            _installLock.Release();
        }
    }

    /// <summary>Adds MemTables that recovery has filled from the log; before the tree is used.</summary>
    public void AdoptSealed(MemTable recovered, long lastVersion)
    {
        lock (_viewLock)
        {
            var view = _view;
            Replace(new ReadView(view.Active, [recovered, .. view.Sealed], view.Tables));
        }
        recovered.Seal();
        recovered.Release();
        Volatile.Write(ref _lastVersion, Math.Max(_lastVersion, lastVersion));
    }

    /// <summary>Continues in a MemTable that recovery has filled from the log; before the tree is used.</summary>
    public void AdoptActive(MemTable recovered, long lastVersion)
    {
        lock (_viewLock)
        {
            var view = _view;
            Replace(new ReadView(recovered, view.Sealed, view.Tables));
        }
        recovered.Release();
        Volatile.Write(ref _lastVersion, Math.Max(_lastVersion, lastVersion));
    }

    public MemTable NewMemTable(long capacityBytes)
    {
        var number = Interlocked.Increment(ref _memTableNumber);
        return new MemTable(
            capacityBytes, Options.Seed + (ulong)number, (int)number, Options.MemTableStructure, _spareMemory);
    }

    /// <summary>Starts what the recovered tree already needs.</summary>
    public void Start()
    {
        UpdateStall();
        if (_view.Sealed.Length > 0)
            ScheduleFlush();
        // An empty database has nothing for a thread to do: on a busy machine starting one takes longer than opening.
        if (_view.Tables.TableCount > 0)
            _compactions.Schedule();
        Scrub.Start();
    }

    /// <summary>Background work stops at its next step; what it had not installed is gone.</summary>
    public void BeginClose()
    {
        _isClosing = true;
        Scrub.Stop();
        var closed = new ObjectDisposedException(nameof(StorageEngine));
        Stall.Fail(closed);
        _compactions.Fail(closed);
        _flush.Fail(closed);
    }

    /// <summary>Frees everything. No background work runs any more.</summary>
    public void Dispose()
    {
        _flush.Dispose();
        _compactions.Dispose();
        Scrub.Dispose();
        Epochs.Retire(_view);
        Epochs.Collect();
        _spareMemory.Dispose();
        _obsoleteFiles.DeleteAll();
        _installLock.Dispose();
    }

    // Under the apply lock: nothing is being written into the MemTable that is sealed.
    private void Rotate()
    {
        lock (_viewLock)
        {
            var view = _view;
            view.Active.Seal();
            var fresh = NewMemTable(Math.Max(Options.EffectiveMemTableBytes, _preparedBytes));
            // An empty one was too small: it has no versions that a flush could make durable.
            var waiting = view.Active.IsEmpty ? view.Sealed : [view.Active, .. view.Sealed];
            Replace(new ReadView(fresh, waiting, view.Tables));
            fresh.Release();
        }
        Events.Raise(new MemTableSealed(_view.Sealed.Length));
        ScheduleFlush();
    }

    private void ReplaceTables(ManifestEdit edit, MemTable? flushed)
    {
        lock (_viewLock)
        {
            var view = _view;
            Invariant.That(flushed is null || ReferenceEquals(flushed, view.Sealed[^1]));
            FileHandle[] removed = [.. view.Tables.RemovedBy(edit), .. view.Tables.BlobsRemovedBy(edit)];
            var tables = view.Tables.Apply(edit, NewHandle, NewHandle);
            // While the old view holds them: once it is replaced, any thread may let its last reference go.
            foreach (var file in removed)
                _obsoleteFiles.Expect(file);
            Replace(new ReadView(view.Active, flushed is null ? view.Sealed : view.Sealed[..^1], tables));
            tables.Release();
        }
    }

    // Under the view lock. The old view lives until the last get has left it.
    private void Replace(ReadView next)
    {
        var old = _view;
        _view = next;
        UpdateStall();
        Epochs.Retire(old);
    }

    private void UpdateStall() => Stall.Update(
        _view.Sealed.Length, _view.Tables.Level(0).Length, CompactionDebt.EstimateBytes(_view.Tables, Options));

    private TableHandle NewHandle(TableMetadata metadata)
    {
        var handle = new TableHandle(metadata, _obsoleteFiles.Add);
        TableCache.Adopt(handle);
        return handle;
    }

    private BlobHandle NewHandle(BlobMetadata metadata) => new(metadata, _obsoleteFiles.Add);

    [DoesNotReturn]
    private void ThrowFailure() => throw new FerrisException(
        ErrorCode.WritesStopped,
        $"Writes have stopped because of an earlier failure: {_failure!.Message} Reads go on; open the folder again.",
        _failure);
}
