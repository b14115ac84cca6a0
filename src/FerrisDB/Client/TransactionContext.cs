namespace FerrisDB;

/// <summary>
/// What a transaction has read, written and met so far: shared by the parts that read, write and commit.
/// </summary>
/// <remarks>
/// Everything is touched under <see cref="Gate"/>, which is never held across an await. Void calls of the public API do
/// not fail: their first error is kept as the <see cref="Deferred"/> one and reported by whatever has a result.
/// </remarks>
internal sealed class TransactionContext
{
    private static readonly TimeSpan MillisecondUnit = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan StartWaitMax = TimeSpan.FromSeconds(StartQueue.WaitSecondsMax);

    private long _startedAt;

    // Null once the transaction is disposed: nothing gets here any more, because whatever it is asked it refuses.
    private TransactionBuffers? _buffers;
    private TransactionRarities? _rare;
    private bool _readsWhereItMay;

    public TransactionContext(Database database)
    {
        Cluster = database.Cluster;
        Database = database;
        Settings = database.Defaults;
        _startedAt = database.Clock.GetTimestamp();
        _buffers = database.Buffers.Rent();
        Gate = _buffers.Gate;
    }

    public Database Database { get; }

    public ICluster Cluster { get; }

    /// <summary>A version to read at, by priority, tags, and whether it may go past a lock.</summary>
    public ValueTask<long> AskReadVersionAsync() => Settings.Tags.Count == 0
        ? Cluster.GetReadVersionAsync(Settings.Priority, Settings.ReadsLocked)
        : Cluster.GetReadVersionAsync(Settings.Priority, Settings.ReadsLocked, Settings.Tags);

    /// <summary>The lock of it all, as long as it lives; then it has another owner.</summary>
    public Lock Gate { get; }

    /// <summary>What it works in, until it is disposed.</summary>
    public TransactionBuffers Buffers => _buffers ?? throw PhaseError();

    /// <summary>What it has written, in the form that reads need.</summary>
    public WriteMap Writes => Buffers.Writes;

    /// <summary>The same, for whoever adds to them: reads under way go on seeing what was there before.</summary>
    public WriteMap WritesToChange => Buffers.WritesToChange();

    public CommitTransaction Commit => Buffers.Commit;

    /// <summary>What was read and must still hold at the commit.</summary>
    public ConflictRanges Reads => Commit.Reads;

    public bool HasWatches => _rare?.Watches is not null;

    /// <summary>The watches that wait for the commit.</summary>
    public IReadOnlyList<PendingWatch> Watches => _rare?.Watches ?? (IReadOnlyList<PendingWatch>)[];

    /// <summary>Others may have them too: see <see cref="ChangeSettings"/>.</summary>
    public TransactionSettings Settings { get; private set; }

    public TransactionPhase Phase { get; set; }

    /// <summary>The read version, or 0 before there is one.</summary>
    public long ReadVersion { get; set; }

    /// <summary>A snapshot keeps the read version readable.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The first error of a void call.</summary>
    public FerrisException? Deferred
    {
        get => _rare?.Deferred;
        set => RareFor(value)?.Deferred = value;
    }

    /// <summary>The first error of a read: a transaction that did not see what it asked for cannot commit.</summary>
    public FerrisException? ReadFailure
    {
        get => _rare?.ReadFailure;
        set => RareFor(value)?.ReadFailure = value;
    }

    /// <summary>How it is called in traces, once somebody has asked for it.</summary>
    public TracingKeys? Tracing
    {
        get => _rare?.Tracing;
        set => RareFor(value)?.Tracing = value;
    }

    /// <summary>What was said by special keys, for the commit to do; null if there is nothing.</summary>
    public SpecialChanges? SpecialChanges
    {
        get => _rare?.SpecialChanges;
        set => RareFor(value)?.SpecialChanges = value;
    }

    /// <summary>Why a special key was not written, as a document.</summary>
    public byte[]? SpecialFailure
    {
        get => _rare?.SpecialFailure;
        set => RareFor(value)?.SpecialFailure = value;
    }

    /// <summary>How the server is, by its own account, for a read of the status that is under way.</summary>
    public byte[]? ServerStatus
    {
        get => _rare?.ServerStatus;
        set => RareFor(value)?.ServerStatus = value;
    }

    /// <summary>Somebody used the transaction during its commit, which then fails too.</summary>
    public FerrisException? Misuse => _rare?.Misuse;

    /// <summary>What made the last commit fail, if it was asked to report that.</summary>
    public IReadOnlyList<KeyRange> Conflicting
    {
        get => _rare?.Conflicting ?? [];
        set => RareFor(value.Count > 0 ? value : null)?.Conflicting = value;
    }

    /// <summary>The commit path works with <see cref="Commit"/> now.</summary>
    public bool IsCommitUnderWay { get; set; }

    /// <summary>Something was read or written.</summary>
    public bool IsUsed { get; set; }

    public ReadPoint ReadPoint => new(ReadVersion, IsHeld);

    /// <summary>Why nothing can be done with the transaction now, or null.</summary>
    public FerrisException? Refusal()
    {
        if (Phase != TransactionPhase.Active)
            return PhaseError();
        if (Settings.TimeoutMs > 0 && IsTimedOut())
            return TimedOut();
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.DeferredErrorsAreForgotten)
            return null;
#endif
        return Deferred;
    }

    /// <summary>As <see cref="Refusal"/>, for a call that leaves it to a later one to find that time is over.</summary>
    public FerrisException? RefusalOfWrite() => Phase != TransactionPhase.Active ? PhaseError() : Deferred;

    /// <summary>
    /// Why nothing can be read outside of all tenants, or null. Looked at once, when reading begins; a snapshot may.
    /// </summary>
    public FerrisException? TenantRefusal()
    {
        if (_readsWhereItMay)
            return null;
        if (Cluster.RequiresTenants && !Settings.HasRawAccess && !IsHeld)
            return TenantRules.NameRequired();
        _readsWhereItMay = true;
        return null;
    }

    /// <summary>The settings, for whoever is going to change them.</summary>
    public TransactionSettings ChangeSettings() => Settings = Settings with { };

    /// <summary>As <see cref="Refusal"/>, for what may be done after the commit as well.</summary>
    public FerrisException? RefusalAfterCommit() =>
        Phase is TransactionPhase.Committing or TransactionPhase.Ended ? Deferred : Refusal();

    /// <summary>Remembers a void call's error, if it is the first.</summary>
    public void Defer(FerrisException? error) => Deferred ??= error;

    /// <summary>Makes the commit wait for a read, and fail with it.</summary>
    public void Track(Task read)
    {
        lock (Gate)
            (Rare.PendingReads ??= []).Add(read);
    }

    /// <summary>The reads that have not ended when the commit begins.</summary>
    public Task[] TakePendingReads()
    {
        var pending = PendingReads();
        _rare?.PendingReads = null;
        return pending;
    }

    /// <summary>The reads that have not ended.</summary>
    public Task[] PendingReads() =>
        _rare?.PendingReads is { } reads ? [.. reads.Where(static read => !read.IsCompleted)] : [];

    public void AddWatch(PendingWatch watch) => (Rare.Watches ??= []).Add(watch);

    /// <summary>Hands over the watches, which the commit has proven.</summary>
    public void ArmWatches()
    {
        if (_rare?.Watches is not { } watches)
            return;
        foreach (var watch in watches)
            watch.Arm(Cluster);
        _rare.Watches = null;
    }

    /// <summary>Which of the lives between resets this is: a read may end in a later one than it began in.</summary>
    public int Life { get; private set; }

    /// <summary>Under the gate: ends a read whose transaction was reset, cancelled or disposed meanwhile.</summary>
    public void ThrowIfOver(int life)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.ReadsOutliveTheirTransaction)
            return;
#endif
        if (Phase is TransactionPhase.Cancelled or TransactionPhase.Disposed)
            throw PhaseError();
        if (Life != life)
            throw WasReset("read");
    }

    /// <summary>Why something fails that the transaction began before it was reset.</summary>
    public static FerrisException WasReset(string what) => new(
        ErrorCode.TransactionCancelled, $"The transaction was reset while it was being {what}.");

    /// <summary>Under the gate: what a read sees that begins now; end it with <see cref="EndRead"/>.</summary>
    public ReadScope BeginRead(bool seesOwnWrites)
    {
        var own = seesOwnWrites ? Writes : null;
        if (own is not null)
            own.Readers++;
        return new ReadScope(own, Settings.CanReadSystemKeys, Life);
    }

    /// <summary>Gives back what a read has looked at.</summary>
    public void EndRead(in ReadScope scope)
    {
        if (scope.Own is not { } own)
            return;
        lock (Gate)
            own.Readers--;
    }

    /// <summary>Notes a read's error, if its transaction is still the same.</summary>
    public void Fail(FerrisException error, int life)
    {
        lock (Gate)
        {
            if (Life == life)
                ReadFailure ??= error;
        }
    }

    /// <summary>Starts anew; with the clock too, if it is not a retry.</summary>
    public void Restart(TransactionSettings settings, bool restartsClock, FerrisException reason)
    {
        Life++;
        FailWatches(reason);
        if (IsCommitUnderWay)
            AbandonCommit();
        else
            Buffers.Clear();
        _rare = null;
        Settings = settings;
        Phase = TransactionPhase.Active;
        ReadVersion = 0;
        IsUsed = false;
        _readsWhereItMay = false;
        if (restartsClock)
            _startedAt = Database.Clock.GetTimestamp();
    }

    public void FailWatches(FerrisException reason)
    {
        if (_rare?.Watches is not { } watches)
            return;
        foreach (var watch in watches)
            watch.Fail(reason);
        _rare.Watches = null;
    }

    /// <summary>The commit goes on without anybody who waits for it: what it works with is its own now.</summary>
    public void AbandonCommit()
    {
        _buffers = Database.Buffers.Rent();
        IsCommitUnderWay = false;
    }

    /// <summary>Whether a commit is still that of this transaction, which nobody has reset meanwhile.</summary>
    public bool IsCurrent(CommitTransaction commit) => ReferenceEquals(_buffers?.Commit, commit);

    /// <summary>
    /// Nothing will be asked of the transaction any more: what it worked in is free, if nobody is at it.
    /// </summary>
    public void LetGo()
    {
        var isBusy = IsCommitUnderWay || _rare?.PendingReads is not null;
        Phase = TransactionPhase.Disposed;
        Life++;
        if (!isBusy && _buffers is { } buffers)
            Database.Buffers.Return(buffers);
        _buffers = isBusy ? _buffers : null;
    }

    public bool IsTimedOut()
    {
        var timeoutMs = Settings.TimeoutMs;
        if (timeoutMs == 0)
            return false;
        return Database.Clock.GetTimestamp() - _startedAt >= timeoutMs * Database.TicksPerMillisecond;
    }

    /// <summary>What is left of the timeout, or null if there is none.</summary>
    public TimeSpan? TimeLeft() => Settings.TimeoutMs == 0
        ? null
        : (Settings.TimeoutMs * MillisecondUnit) - Database.Clock.GetElapsedTime(_startedAt);

    /// <summary>Waits for a read version, but not for longer than the transaction may take.</summary>
    /// <remarks>
    /// A server may keep transactions from starting, but refuses who has waited for some seconds. Who has more time
    /// than that needs no timer: it learns from the refusal when its time is over.
    /// </remarks>
    public ValueTask<long> WithinTimeoutAsync(ValueTask<long> asking) =>
        asking.IsCompleted || Settings.TimeoutMs == 0 || TimeLeft() is not { } left || left > StartWaitMax
            ? asking
            : WithinAsync(asking, left);

    /// <summary>Its time is over.</summary>
    /// <param name="last">What the last attempt failed with, if it would have been tried again.</param>
    public FerrisException TimedOut(FerrisException? last = null) => new(
        ErrorCode.TransactionTimedOut,
        $"The transaction{Name} took longer than its timeout of {Settings.TimeoutMs} ms. Make it shorter, or set "
            + "DatabaseOptions.TransactionTimeout or TransactionOption.Timeout."
            + (last is null || last.Code == ErrorCode.TransactionTimedOut ? "" : $" It failed last: {last.Message}"),
        last);

    private async ValueTask<long> WithinAsync(ValueTask<long> asking, TimeSpan left)
    {
        try
        {
            return await asking.AsTask().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, Database.Clock);
        }
        catch (TimeoutException)
        {
            throw TimedOut();
        }
    }

    private TransactionRarities Rare => _rare ??= new TransactionRarities();

    // To forget what was never there takes no memory.
    private TransactionRarities? RareFor(object? value) => value is null ? _rare : Rare;

    private string Name => Settings.Identifier is { } identifier ? $" '{identifier}'" : "";

    private FerrisException PhaseError()
    {
        if (Phase is TransactionPhase.Cancelled or TransactionPhase.Disposed)
            return new FerrisException(
                ErrorCode.TransactionCancelled,
                Phase == TransactionPhase.Disposed
                    ? "The transaction was disposed."
                    : "The transaction was cancelled, or gave up after an error. Reset it or take another one.");
        var error = new FerrisException(
            ErrorCode.UsedDuringCommit,
            "The transaction is being committed, or has been. Await the commit, then reset it or take another one.");
        if (Phase == TransactionPhase.Committing && !Settings.IsProtectionDisabled)
            Rare.Misuse ??= error;
        return error;
    }
}
