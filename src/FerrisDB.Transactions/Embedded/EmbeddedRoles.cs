namespace FerrisDB.Transactions;

/// <summary>All roles of a database in one process, wired by method calls, on a folder or in memory.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EmbeddedRoles : IAsyncDisposable
{
    private const string MemoryFolder = "/memory";

    private const long MemoryLogFirstBytes = 4 << 10;

    // One huge transaction should not cost memory for ever.
    private const int KeptBatchBytesMax = 1 << 20;

    private readonly TLog _log;
    private readonly CommitProxy _commitProxy;
    private readonly Sequencer _sequencer;
    private readonly FerrisException? _refusal;
    private readonly long _openedAt;

    private EmbeddedRoles(StorageEngine engine, RoleOptions options, FerrisException? refusal)
    {
        _refusal = refusal;
        _openedAt = engine.LastVersion;
        Engine = engine;
        Storage = new StorageServer(engine, options.Clock, options.Window);
        Lock = new DatabaseLock(Storage);
        GrvProxy = new GrvProxy(Storage, Lock);
        Resolver = new Resolver(engine.LastVersion);
        var firstVersion = engine.LastVersion + (refusal is null ? 0 : VersionGap.VersionsSkipped);
        Generation = 1 + (firstVersion / VersionGap.VersionsSkipped);
        _sequencer = new Sequencer(options.Clock, firstVersion);
        Tenants = new TenantRules(Storage);
        _commitProxy = new CommitProxy(_sequencer, Resolver, Storage, Tenants, Lock, firstVersion);
        _log = new TLog(engine);
    }

    public StorageEngine Engine { get; }

    /// <summary>
    /// Why nothing could be written when it was opened; null if it could, or something has been written since. It can
    /// be read, and written as soon as the engine takes writes.
    /// </summary>
    public FerrisException? WriteRefusal => Engine.LastVersion == _openedAt ? _refusal : null;

    /// <summary>Which life of the database this is: greater with each time that it is served, not by one.</summary>
    public long Generation { get; }

    public StorageServer Storage { get; }

    public DatabaseLock Lock { get; }

    public GrvProxy GrvProxy { get; }

    public Resolver Resolver { get; }

    public TenantRules Tenants { get; }

    /// <summary>Opens a folder that no database of this process has open.</summary>
    public static async ValueTask<EmbeddedRoles> OpenAsync(
        string folder, StorageOptions options, RoleOptions roleOptions)
    {
        var engine = await StorageEngine.OpenAsync(folder, options);
        var refusal = roleOptions.SkipsVersions ? await SkipVersionsAsync(engine) : null;
        return new EmbeddedRoles(engine, roleOptions, refusal);
    }

    // A disk that is full can still be read. What could not be skipped now, the first commit skips.
    private static async ValueTask<FerrisException?> SkipVersionsAsync(StorageEngine engine)
    {
        try
        {
            await engine.DecideAsync(new VersionGap(), new WriteBatch(), Durability.Sync);
            return null;
        }
        catch (FerrisException refusal) when (refusal.Code
            is ErrorCode.DiskFull or ErrorCode.IoError or ErrorCode.WritesStopped)
        {
            return refusal;
        }
    }

    /// <summary>Opens an empty database in memory, where a sync is none and there is no damage to look for.</summary>
    public static ValueTask<EmbeddedRoles> OpenInMemoryAsync(StorageOptions options, RoleOptions roleOptions)
    {
        options = options with
        {
            FileSystem = new MemoryFileSystem(),
            Durability = Durability.None,
            ScrubBytesPerSecond = 0,
            // Its log is memory too: what a first segment takes is half of what there is to do.
            WalSegmentFirstBytes = Math.Min(options.WalSegmentFirstBytes, MemoryLogFirstBytes),
        };
        return OpenAsync(MemoryFolder, options, roleOptions);
    }

    /// <summary>
    /// Decides a transaction and makes it as durable as asked, if it is committed; then its watches fire. The
    /// transaction has its answer when the task is done, and must not be touched before.
    /// </summary>
    public ValueTask CommitAsync(CommitTransaction transaction, Durability durability)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.CommitDoesNotWaitForTheDisk)
            durability = Durability.None;
#endif
        var commit = Begin(transaction);
        var pushing = _log.PushAsync(commit, BatchOf(commit, transaction), durability);
        if (!pushing.IsCompletedSuccessfully)
            return AwaitAsync(transaction, commit, pushing);
        _ = pushing.Result;
        End(transaction, commit);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// As <see cref="CommitAsync"/>, for a thread that has others to serve: it does not lead, and waits for no disk.
    /// </summary>
    public ValueTask CommitElsewhereAsync(CommitTransaction transaction, Durability durability)
    {
        var commit = Begin(transaction);
        var pushing = _log.PushElsewhereAsync(commit, BatchOf(commit, transaction), durability);
        return AwaitAsync(transaction, commit, pushing);
    }

    /// <summary>Begins to take rows that become tables.</summary>
    public TableLoad BeginLoad() => new(this);

    /// <summary>
    /// Brings rows into the database as one transaction that has read nothing and sets each of them. Returns its
    /// version.
    /// </summary>
    public async ValueTask<long> IngestAsync(SortedRun rows)
    {
        var (begin, end) = (rows.FirstKey, rows.End);
        var version = await rows.IngestAsync(lastVersion => _commitProxy.DecideTables(begin, end, lastVersion));
        Lock.Published(DatabaseLock.MayBeIn(begin, end));
        Tenants.Published(end is [0xff, ..]);
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.TablesWakeNoWatch)
            return version;
#endif
        Storage.Watches.Published(begin, end);
        return version;
    }

    /// <summary>Makes a backup that knows which version belongs to which time.</summary>
    public ValueTask<BackupResult> BackupAsync(
        BackupTarget target, BackupOptions options, CancellationToken cancellationToken) =>
        Engine.BackupAsync(target, options with { Clock = () => _sequencer.Clock }, cancellationToken);

    /// <summary>Keeps the log in backups, until it is cancelled.</summary>
    public ValueTask ArchiveAsync(
        BackupTarget target, ArchiveOptions options, CancellationToken cancellationToken) => target.ArchiveAsync(
            OpenArchive(), Engine.Tree.Files, options, Engine.Options.TimeProvider, cancellationToken);

    /// <summary>Holds what a backup has, for somebody far away.</summary>
    public ValueTask<BackupOrigin> HoldForBackupAsync() => EngineBackup.TakeAsync(Engine, () => _sequencer.Clock);

    /// <summary>As <see cref="HoldForBackupAsync"/>, for somebody who wants to have the log after that too.</summary>
    public LogArchive OpenArchive() => new LogArchive(Engine, () => _sequencer.Clock);

    public ValueTask DisposeAsync()
    {
        Storage.Watches.Close(new FerrisException(
            ErrorCode.TransactionCancelled, "The database was closed while the watch was waiting."));
        return Engine.DisposeAsync();
    }

    private PendingCommit Begin(CommitTransaction transaction)
    {
        var commit = transaction.Pending ?? new PendingCommit(_commitProxy);
        transaction.Pending = null;
        commit.Transaction = transaction;
        return commit;
    }

    private static WriteBatch BatchOf(PendingCommit commit, CommitTransaction transaction) =>
        transaction.HasBatch ? transaction.Batch : commit.Batch;

    private async ValueTask AwaitAsync(CommitTransaction transaction, PendingCommit commit, ValueTask<long> pushing)
    {
        await pushing;
        End(transaction, commit);
    }

    private void End(CommitTransaction transaction, PendingCommit commit)
    {
        if (transaction.Verdict == Verdict.Committed)
        {
            Lock.Published(transaction.WritesSystem);
            Tenants.Published(transaction.WritesSystem);
            if (Storage.Watches.Count > 0)
                Storage.Watches.Published(BatchOf(commit, transaction).Canonicalize());
        }
        commit.Transaction = null;
        // Only one that went well comes back: after a failure somebody may still be at its batch.
        if (commit.Batch.SizeBytes <= KeptBatchBytesMax)
            transaction.Pending = commit;
    }
}
