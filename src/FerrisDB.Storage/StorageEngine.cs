using System.Buffers;

namespace FerrisDB.Storage;

/// <summary>An ordered, versioned, crash-safe map from bytes to bytes in one folder.</summary>
/// <remarks>
/// Thread-safe throughout. A write is logged, then applied to a MemTable, then visible; full MemTables become tables in
/// the background, and tables sink level by level. Reads never wait for writers. Close with <see cref="Dispose"/> or
/// <see cref="DisposeAsync"/>; killing the process instead loses nothing that was acknowledged (see
/// <see cref="Durability"/>).
/// </remarks>
public sealed class StorageEngine : IAsyncDisposable, IDisposable
{
    // A batch for the single-operation writes of each thread, so that they allocate nothing.
    [ThreadStatic]
    private static WriteBatch? _oneOperation;

    private readonly EngineParts _parts;
    private readonly LsmTree _tree;
    private readonly GroupCommit? _commits;
    private readonly EngineStatistics _statistics;
    private readonly StorageMetrics _metrics;
    private int _isDisposed;

    internal StorageEngine(EngineParts parts)
    {
        _parts = parts;
        _tree = parts.Tree;
        _commits = parts.Commits;
        _statistics = new EngineStatistics(parts);
        _metrics = new StorageMetrics(parts, _statistics);
    }

    /// <summary>What happens in the background and at failures. Handlers must be quick and must not throw.</summary>
    public event Action<StorageEvent>? EventRaised
    {
        add => _tree.Events.Raised += value;
        remove => _tree.Events.Raised -= value;
    }

    /// <summary>The folder of the database.</summary>
    public string Folder => _tree.Folder;

    /// <summary>The options that the engine was opened with.</summary>
    public StorageOptions Options => _tree.Options;

    /// <summary>The version of the newest write that reads see.</summary>
    public long LastVersion => _tree.LastVersion;

    /// <summary>
    /// What whoever uses this database must know for good, oldest first: repairs, and what they could not save. Empty
    /// for nearly all.
    /// </summary>
    public IReadOnlyList<string> Marks => _parts.Marks;

    /// <summary>
    /// The failure that has stopped writes until the database is opened again, or null while they work. Reads go on.
    /// </summary>
    public Exception? WriteFailure => _tree.Failure;

    internal LsmTree Tree => _tree;

    internal EngineParts Parts => _parts;

    /// <summary>
    /// Opens the database in <paramref name="folder"/>, after a crash too, creating it if that is allowed.
    /// </summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>: another process has it; the message names the process.
    /// <see cref="ErrorCode.FileCorrupt"/>: a file is damaged; the message names it and the place.
    /// <see cref="ErrorCode.FormatTooNew"/>, <see cref="ErrorCode.FileNotFound"/>, <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public static StorageEngine Open(string folder, StorageOptions? options = null) =>
        Blocking.Wait(OpenAsync(folder, options));

    /// <summary>As <see cref="Open"/>, without blocking.</summary>
    public static ValueTask<StorageEngine> OpenAsync(string folder, StorageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return EngineOpening.OpenAsync(folder, options ?? new StorageOptions());
    }

    /// <summary>
    /// Reads every byte of every file of a database that nobody has open for writing, checks every invariant that the
    /// files have with each other, and tells all that it finds. Changes nothing. Damage never throws.
    /// </summary>
    /// <param name="folder">The database.</param>
    /// <param name="options">Nothing of them matters but what tests set.</param>
    /// <param name="progress">Called on this thread about once for each block.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>: a writer has it. <see cref="ErrorCode.FileNotFound"/>: no database.
    /// </exception>
    public static VerifyReport Verify(
        string folder, StorageOptions? options = null, Action<VerifyProgress>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Verifier.Verify(folder, options ?? new StorageOptions(), progress);
    }

    /// <summary>
    /// Says what is damaged in a folder, what a repair would do, and what would be lost. Reads all of it, changes
    /// nothing, and never needs a database that opens.
    /// </summary>
    /// <param name="folder">The database. Nobody may have it open for writing.</param>
    /// <param name="options">How new tables are to be written; the clock for the mark.</param>
    /// <param name="progress">Called on this thread about once for each block.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>: a writer has it. <see cref="ErrorCode.FileNotFound"/>: no database.
    /// <see cref="ErrorCode.FormatTooNew"/>: it is not damaged, but from a newer program.
    /// </exception>
    public static RepairPlan PlanRepair(
        string folder, StorageOptions? options = null, Action<VerifyProgress>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new StorageOptions();
        options.Validate();
        return RepairPlanner.Plan(folder, options, progress);
    }

    /// <summary>
    /// Repairs a folder as the plan says. Every file that is replaced is kept aside as <c>NAME.damaged</c>, and the
    /// database remembers what was lost (<see cref="Marks"/>). If it is interrupted, even by a power failure, the
    /// folder is repaired or can be repaired again.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Nothing is damaged, or the folder has changed since the plan was made.
    /// </exception>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>, <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public static ValueTask ApplyRepairAsync(RepairPlan plan, Action<VerifyProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return RepairRun.ApplyAsync(plan, progress);
    }

    /// <summary>Gives a key a value. Returns the version of the write.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.KeyTooLarge"/>, <see cref="ErrorCode.ValueTooLarge"/>: beyond the limits of the options.
    /// <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.IoError"/>, <see cref="ErrorCode.WritesStopped"/>.
    /// </exception>
    public long Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Durability? durability = null)
    {
        var batch = OneOperation();
        batch.Put(key, value);
        return Write(batch, durability);
    }

    /// <summary>Removes a key, if it is there. Returns the version of the write.</summary>
    /// <inheritdoc cref="Put"/>
    public long Delete(ReadOnlySpan<byte> key, Durability? durability = null)
    {
        var batch = OneOperation();
        batch.Delete(key);
        return Write(batch, durability);
    }

    /// <summary>
    /// Removes all keys from begin (inclusive) to end (exclusive), at the same cost for any number of them.
    /// </summary>
    /// <inheritdoc cref="Put"/>
    public long DeleteRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, Durability? durability = null)
    {
        var batch = OneOperation();
        batch.DeleteRange(begin, end);
        return Write(batch, durability);
    }

    /// <summary>
    /// Applies a batch: all of it or nothing. Blocks until it is as durable as asked. Returns its version.
    /// </summary>
    /// <inheritdoc cref="Put"/>
    public long Write(WriteBatch batch, Durability? durability = null)
    {
        var commits = CheckWrite(batch);
        return batch.Count == 0 ? LastVersion : commits.Commit(batch, durability ?? Options.Durability);
    }

    /// <summary>
    /// As <see cref="Write"/>, without blocking. The batch must not be touched until the write is answered.
    /// </summary>
    /// <param name="batch">What to write.</param>
    /// <param name="durability">What the write survives once it is answered; null is the option's.</param>
    /// <param name="version">The version to give it, above all before; 0 takes the next.</param>
    public ValueTask<long> WriteAsync(WriteBatch batch, Durability? durability = null, long version = 0)
    {
        var commits = CheckWrite(batch);
        return batch.Count == 0
            ? ValueTask.FromResult(LastVersion)
            : commits.CommitAsync(batch, durability ?? Options.Durability, version);
    }

    /// <summary>The value of a key (a copy), or null if it is absent.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public byte[]? Get(ReadOnlySpan<byte> key, Snapshot? snapshot = null)
    {
        using var epoch = Epochs.Enter();
        return Find(key, snapshot, out var value) ? value.ToArray() : null;
    }

    /// <summary>
    /// Appends the value of a key to <paramref name="destination"/>; returns false if the key is absent.
    /// </summary>
    /// <inheritdoc cref="Get"/>
    public bool TryGet(ReadOnlySpan<byte> key, IBufferWriter<byte> destination, Snapshot? snapshot = null)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var epoch = Epochs.Enter();
        if (!Find(key, snapshot, out var value))
            return false;
        destination.Write(value);
        return true;
    }

    /// <summary>
    /// Copies the value of a key to <paramref name="destination"/> as far as it fits and tells its whole length;
    /// returns false if the key is absent.
    /// </summary>
    /// <inheritdoc cref="Get"/>
    public bool TryRead(ReadOnlySpan<byte> key, Span<byte> destination, out int valueLength, Snapshot? snapshot = null)
    {
        using var epoch = Epochs.Enter();
        var isPresent = Find(key, snapshot, out var value);
        value[..Math.Min(value.Length, destination.Length)].CopyTo(destination);
        valueLength = value.Length;
        return isPresent;
    }

    /// <summary>The values of many keys at one version, in the keys' order; null where a key is absent.</summary>
    /// <inheritdoc cref="Get"/>
    public byte[]?[] GetMany(IReadOnlyList<byte[]> keys, Snapshot? snapshot = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ThrowIfDisposed();
        var view = AcquireView(snapshot, out var version);
        try
        {
            var values = new byte[]?[keys.Count];
            for (var index = 0; index < values.Length; index++)
            {
                using var epoch = Epochs.Enter();
                if (PointLookup.TryGet(view, _tree.TableCache, keys[index], version, out var value))
                    values[index] = value.ToArray();
            }
            return values;
        }
        finally
        {
            view.Release();
        }
    }

    /// <summary>Opens a cursor over the keys as they are now, or as a snapshot has them. Dispose it.</summary>
    public Cursor OpenCursor(CursorOptions options = default)
    {
        ThrowIfDisposed();
        return OpenCursor(AcquireView(options.Snapshot, out var version), version, options);
    }

    private Cursor OpenCursor(ReadView view, long version, CursorOptions options)
    {
        var open = _parts.Cursors.Rent();
        try
        {
            open.Start(this, view, version, options);
        }
        catch
        {
            open.Close(open.Generation);
            throw;
        }
        return new Cursor(open);
    }

    /// <summary>Keeps the newest version readable until the snapshot is disposed.</summary>
    public Snapshot TakeSnapshot()
    {
        ThrowIfDisposed();
        return new Snapshot(_tree.Snapshots, _tree.Snapshots.Add(() => _tree.LastVersion));
    }

    /// <summary>Keeps an older version readable until the snapshot is disposed.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.TransactionTooOld"/>: its history is gone. <see cref="ErrorCode.FutureVersion"/>: not
    /// committed.
    /// </exception>
    public Snapshot TakeSnapshot(long version)
    {
        ThrowIfDisposed();
        if (version > LastVersion)
            throw new FerrisException(
                ErrorCode.FutureVersion, $"Version {version} is not committed; the newest is {LastVersion}.");
        if (!_tree.Snapshots.TryAdd(version))
        {
            throw new FerrisException(
                ErrorCode.TransactionTooOld,
                $"Version {version} is older than {_tree.Snapshots.Floor}, the oldest whose history is kept. Read a "
                    + $"newer one.");
        }
        return new Snapshot(_tree.Snapshots, version);
    }

    /// <summary>
    /// From now on every version from <paramref name="version"/> on stays readable, until the floor is moved up.
    /// Without a call, nothing but the newest version and snapshots is kept.
    /// </summary>
    public void SetFloor(long version)
    {
        ThrowIfDisposed();
        _tree.Snapshots.SetFloor(version);
    }

    /// <summary>Makes every write so far survive power loss, whatever its own durability.</summary>
    public async ValueTask SyncAsync()
    {
        ThrowIfDisposed();
        ThrowIfReadOnly();
        await _commits!.CommitAsync(new WriteBatch(), Durability.Sync);
    }

    /// <summary>Writes all MemTables to tables. Never needed for durability: the log has it.</summary>
    public async ValueTask FlushAsync()
    {
        ThrowIfDisposed();
        ThrowIfReadOnly();
        var version = LastVersion;
        _tree.SealActive();
        await _tree.Flush.WhenDurableAsync(version);
    }

    /// <summary>
    /// Writes all MemTables to tables and sinks everything in the range (null: all) to the bottom level.
    /// </summary>
    public async ValueTask CompactAsync(KeyRange? range = null)
    {
        await FlushAsync();
        await _tree.Compactions.CompactAsync(range);
    }

    /// <summary>
    /// Adds files of <see cref="SortedTableWriter"/> to the database: all of them become visible at once, at one new
    /// version that is returned, and then survive power loss. Writes wait while the newest of them are flushed.
    /// </summary>
    /// <param name="files">
    /// Paths, in any order; no key may be in the ranges of two files. On the same disk they are linked, not copied:
    /// they may be deleted afterwards but not changed.
    /// </param>
    /// <exception cref="ArgumentException">The keys of two files overlap.</exception>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.KeyTooLarge"/>, <see cref="ErrorCode.ValueTooLarge"/>,
    /// <see cref="ErrorCode.FileNotFound"/>: a file is not good, and nothing has changed.
    /// </exception>
    public ValueTask<long> IngestAsync(IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        ThrowIfDisposed();
        ThrowIfReadOnly();
        return files.Count == 0
            ? ValueTask.FromResult(LastVersion)
            : new TableIngest(_tree, _commits!).RunAsync(files, static lastVersion => lastVersion + 1);
    }

    /// <summary>As <see cref="IngestAsync"/>, at a version that is decided at its turn.</summary>
    internal ValueTask<long> IngestAtAsync(IReadOnlyList<string> files, Func<long, long> versionAfter)
    {
        ThrowIfDisposed();
        return new TableIngest(_tree, _commits!).RunAsync(files, versionAfter);
    }

    /// <summary>Begins to take rows that are to be ingested.</summary>
    internal SortedRun BeginSortedRun()
    {
        ThrowIfDisposed();
        ThrowIfReadOnly();
        return new SortedRun(this);
    }

    /// <summary>What the engine holds now, and what it has done since it was opened. Takes microseconds.</summary>
    public StorageStatistics GetStatistics()
    {
        ThrowIfDisposed();
        return _statistics.Take();
    }

    /// <summary>
    /// About how many bytes MemTables, tables and blobs spend on a range, superseded versions included. Reads no data:
    /// what it says may be off by a data block for each end of the range and each table that the end cuts, and by a
    /// tenth of each MemTable; large values are taken to be spread evenly over their table.
    /// </summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public long EstimateSizeBytes(KeyRange range)
    {
        ThrowIfDisposed();
        var view = _tree.AcquireView();
        try
        {
            return new SizeEstimate(view, _tree.TableCache).BytesIn(range);
        }
        finally
        {
            view.Release();
        }
    }

    /// <summary>
    /// Keys strictly inside a range, ascending, that cut it into pieces of about <paramref name="chunkBytes"/> each,
    /// for work to be shared out or a range to be moved piece by piece. Empty if the range is smaller than two.
    /// </summary>
    /// <param name="range">What to cut.</param>
    /// <param name="chunkBytes">
    /// Bytes of a piece as <see cref="EstimateSizeBytes"/> counts them, at least 1. A piece may be larger by an eighth,
    /// or by the bytes that a single key, or one data block of each table that meets there, takes.
    /// </param>
    /// <remarks>The keys need not be in the database. Costs microseconds for each table in the range.</remarks>
    /// <inheritdoc cref="EstimateSizeBytes"/>
    public IReadOnlyList<byte[]> GetSplitPoints(KeyRange range, long chunkBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkBytes);
        ThrowIfDisposed();
        var view = _tree.AcquireView();
        try
        {
            return new SizeEstimate(view, _tree.TableCache).SplitPoints(range, chunkBytes);
        }
        finally
        {
            view.Release();
        }
    }

    /// <summary>
    /// Makes a copy of the database that can be opened as one, while writes go on. It has every write that was answered
    /// before the call, and perhaps some that were made during it. Returns the newest version that it has.
    /// </summary>
    /// <remarks>
    /// Tables are linked where the target is on the same disk, so a copy costs little more than that of the log; on
    /// another disk they are copied. A checkpoint that fails or is interrupted leaves a folder that no open takes for a
    /// database: delete it.
    /// </remarks>
    /// <param name="targetFolder">A folder that does not exist or is empty.</param>
    /// <exception cref="ArgumentException">The target is not empty.</exception>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.IoError"/>, <see cref="ErrorCode.FileCorrupt"/>,
    /// <see cref="ErrorCode.WritesStopped"/>.
    /// </exception>
    public async ValueTask<long> CheckpointAsync(string targetFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(targetFolder);
        ThrowIfDisposed();
        if (_parts.Wal is null)
            return await Checkpoint.TakeReadOnlyAsync(_tree, targetFolder);
        await SyncAsync();
        return await Checkpoint.TakeAsync(_tree, _parts.Wal, targetFolder);
    }

    /// <summary>
    /// Makes a backup while writes go on. It has every write that was answered before the call, and perhaps some that
    /// were made during it; from the log that it keeps, older versions can be restored too, back to
    /// <see cref="BackupInfo.FirstVersion"/>. Until all of it is there and durable, there is no backup.
    /// </summary>
    /// <param name="target">Where to. Files that an earlier backup there has are neither read nor stored again.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">
    /// Ends it early, with an exception. What is stored by then is found by the next one, or removed by prune.
    /// </param>
    /// <remarks>
    /// Files that compactions replace meanwhile are kept until it is done. Every file that is read is checked on the
    /// way: what is damaged is refused, and does not become a backup.
    /// </remarks>
    /// <exception cref="ArgumentException">The target has files that are no backups.</exception>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>: another backup is being made there.
    /// <see cref="ErrorCode.InvalidEncryptionKeyFile"/>: the backups there have another key, or none.
    /// <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.IoError"/>, <see cref="ErrorCode.FileCorrupt"/>,
    /// <see cref="ErrorCode.WritesStopped"/>.
    /// </exception>
    public ValueTask<BackupResult> BackupAsync(
        BackupTarget target, BackupOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        ThrowIfDisposed();
        return target.CreateAsync(this, options ?? new BackupOptions(), cancellationToken);
    }

    /// <summary>
    /// Closes the database. May be called twice. Cursors that are still open must not be used any more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _metrics.Dispose();
        await _parts.DisposeAsync();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => Blocking.Wait(DisposeAsync());

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);

    /// <summary>A view, held, and the version to read in it.</summary>
    internal ReadView AcquireView(Snapshot? snapshot, out long version)
    {
        if (snapshot is null)
            return _tree.AcquireView(out version);
        version = VersionOf(snapshot);
        return _tree.AcquireView();
    }

    /// <summary>Commits what is decided at its turn: see <see cref="ICommitDecision"/>.</summary>
    internal ValueTask<long> DecideAsync(ICommitDecision decision, WriteBatch batch, Durability durability)
    {
        ThrowIfDisposed();
        ThrowIfReadOnly();
        return _commits!.CommitAsync(decision, batch, durability);
    }

    /// <summary>As <see cref="DecideAsync"/>, for a thread that must not wait: others lead in its place.</summary>
    internal ValueTask<long> DecideElsewhereAsync(ICommitDecision decision, WriteBatch batch, Durability durability)
    {
        ThrowIfDisposed();
        ThrowIfReadOnly();
        return _commits!.CommitElsewhereAsync(decision, batch, durability);
    }

    /// <summary>
    /// Within an epoch: the value of a key at any version, also one that is not published. Only if the version is still
    /// retained after the call, the answer is right.
    /// </summary>
    internal bool FindAt(ReadOnlySpan<byte> key, long version, out ReadOnlySpan<byte> value)
    {
        ThrowIfDisposed();
        var view = _tree.View;
        _statistics.Reads.Count(view, _tree.TableCache, key, version);
        return PointLookup.TryGet(view, _tree.TableCache, key, version, out value);
    }

    /// <summary>
    /// Opens a cursor at a published version. Only if the version is still retained after the call, what it shows is
    /// right; then it stays so.
    /// </summary>
    internal Cursor OpenCursorAt(long version, CursorOptions options)
    {
        ThrowIfDisposed();
        return OpenCursor(_tree.AcquireView(), version, options);
    }

    // Within an epoch. Without a snapshot: the view first, then the version. A write that comes between may be missed,
    // but then it was not finished when this read began.
    private bool Find(ReadOnlySpan<byte> key, Snapshot? snapshot, out ReadOnlySpan<byte> value)
    {
        ThrowIfDisposed();
        var view = _tree.View;
        var version = snapshot is null ? _tree.LastVersion : VersionOf(snapshot);
        _statistics.Reads.Count(view, _tree.TableCache, key, version);
        return PointLookup.TryGet(view, _tree.TableCache, key, version, out value);
    }

    private long VersionOf(Snapshot snapshot)
    {
        ObjectDisposedException.ThrowIf(snapshot.IsDisposed, snapshot);
        if (!snapshot.BelongsTo(_tree.Snapshots))
            throw new ArgumentException("The snapshot belongs to another database.", nameof(snapshot));
        return snapshot.Version;
    }

    private GroupCommit CheckWrite(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ThrowIfDisposed();
        if (batch.LongestKeyBytes > Options.KeySizeLimitBytes)
            ThrowTooLarge(ErrorCode.KeyTooLarge, "key", batch.LongestKeyBytes, Options.KeySizeLimitBytes);
        if (batch.LongestValueBytes > Options.ValueSizeLimitBytes)
            ThrowTooLarge(ErrorCode.ValueTooLarge, "value", batch.LongestValueBytes, Options.ValueSizeLimitBytes);
        return _commits ?? throw ReadOnlyError();
    }

    private void ThrowIfReadOnly()
    {
        if (_commits is null)
            throw ReadOnlyError();
    }

    private FerrisException ReadOnlyError() =>
        new(ErrorCode.ReadOnly, $"{Folder} was opened read-only. Open it without StorageOptions.ReadOnly to write.");

    private static WriteBatch OneOperation()
    {
        var batch = _oneOperation ??= new WriteBatch();
        batch.Clear();
        return batch;
    }

    private static void ThrowTooLarge(ErrorCode code, string what, int length, int limit) =>
        throw new FerrisException(code, $"A {what} of {length} bytes exceeds the limit of {limit} bytes.");
}
