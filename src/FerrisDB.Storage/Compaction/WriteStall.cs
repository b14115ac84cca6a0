namespace FerrisDB.Storage;

/// <summary>Why writers are slowed down or stopped.</summary>
public enum WriteStallReason
{
    /// <summary>They are not.</summary>
    None = 0,

    /// <summary>So many MemTables wait for their flush that memory would grow without bound.</summary>
    SealedMemTables = 1,

    /// <summary>So many L0 tables overlap that every read would suffer.</summary>
    L0Tables = 2,

    /// <summary>So many bytes wait for compaction that superseded versions would take too much space.</summary>
    CompactionDebt = 3,
}

/// <summary>
/// Slows writers down while flush or compaction is behind, smoothly and long before it would have to stop them, and
/// says why.
/// </summary>
/// <remarks>
/// How fast they may be is said by <see cref="WritePressure"/>. A writer pays in waits of at most
/// <see cref="LongestSlowdown"/> each, which end early when what is behind has caught up. A stop, which is as long as
/// it takes, is what remains where a slowdown does not help: MemTables too small to slow down in, or batches so large
/// that such a wait does not keep them below the disk's rate. One leader calls <see cref="EnterAsync"/> at a time; the
/// rest is thread-safe.
/// </remarks>
internal sealed class WriteStall(StorageOptions options, StorageEventHub events)
{
    /// <summary>The longest that one write is slowed down: with a timer that is late, within 10 ms.</summary>
    public static readonly TimeSpan LongestSlowdown = TimeSpan.FromMilliseconds(8);

    // Who has written less than allowed may write so much more.
    private static readonly TimeSpan LongestCredit = TimeSpan.FromMilliseconds(10);

    // The flush of a smaller MemTable is over before a slowdown would have had an effect.
    private const long MemTableBytesMin = 4 << 20;

    // What a timer can keep; less is carried over to the next write. So is what a timer was late.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    // What one write still owes after its wait is paid by the next ones, for so long.
    private static readonly TimeSpan LongestDebt = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // Guarded by the lock.
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _failure;
    private volatile WriteStallReason _waitingFor;
    private long _stalledSince;
    private long _stalledTicks;
    private long _longestTicks;

    // What listeners were told last; under the lock.
    private WriteStallReason _raised;

    // Written under the lock, read by the leader without it: a stale value delays the reaction by one batch.
    private volatile bool _isSealedFull;
    private volatile bool _isL0Full;
    private volatile WritePressure _pressure = WritePressure.None;

    // When all that was written will be paid for; touched by the leader alone.
    private long _paidAt;

    /// <summary>The reason in force now; a slowdown counts too.</summary>
    public WriteStallReason Reason =>
        _waitingFor != WriteStallReason.None ? _waitingFor
        : _isL0Full ? WriteStallReason.L0Tables
        : _pressure.Reason;

    /// <summary>Times that a writer had to wait.</summary>
    public long WaitCount { get; private set; }

    /// <summary>Time that writers have waited in all.</summary>
    public TimeSpan Waited
    {
        get
        {
            lock (_lock)
                return options.TimeProvider.GetElapsedTime(0, _stalledTicks);
        }
    }

    /// <summary>
    /// The longest that one write was held up, whatever for: slowed down, stopped, or because the log went on in
    /// another segment. How late the machine then let it go on does not count.
    /// </summary>
    public TimeSpan LongestWait
    {
        get
        {
            lock (_lock)
                return options.TimeProvider.GetElapsedTime(0, _longestTicks);
        }
    }

    /// <summary>Told for how long each write was held up. Set before the first write.</summary>
    public DurationRecorder? HeldUp { get; set; }

    /// <summary>Weighs a new state of the tree and wakes the writers that it lets through.</summary>
    /// <param name="sealedCount">MemTables that wait for their flush.</param>
    /// <param name="l0Count">Tables of L0.</param>
    /// <param name="debtBytes">By <see cref="CompactionDebt"/>.</param>
    public void Update(int sealedCount, int l0Count, long debtBytes)
    {
        lock (_lock)
        {
            _isSealedFull = sealedCount >= options.SealedMemTablesMax;
            _isL0Full = l0Count >= options.L0StopTables;
            _pressure = WritePressure.OfTables(l0Count, debtBytes, options);
            Wake();
        }
    }

    /// <summary>
    /// Tells listeners when nothing slows writers down any more. Apart from <see cref="Update"/>, whose caller holds
    /// locks that no listener should run under.
    /// </summary>
    public void RaiseIfOver() => RaiseIf(Reason == WriteStallReason.None, WriteStallReason.None);

    /// <summary>Counts that a writer had to wait until the log went on in another segment.</summary>
    public void CountWaitForLog(TimeSpan wait)
    {
        lock (_lock)
            _longestTicks = Math.Max(_longestTicks, TicksOf(wait));
    }

    /// <summary>Lets everybody who waits, now or later, fail.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
            Wake();
        }
    }

    /// <summary>Waits until this many bytes may be written. Completes at once when nothing is in the way.</summary>
    /// <param name="bytes">What is about to be written.</param>
    /// <param name="needsMemTable">The active MemTable is full: it will be sealed and needs a place to wait in.</param>
    /// <param name="fill">The share of the active MemTable that is used, 0 to 1.</param>
    public ValueTask EnterAsync(long bytes, bool needsMemTable, double fill)
    {
        var pressure = PressureAt(fill);
        var isFree = StopReason(needsMemTable) == WriteStallReason.None && pressure.Reason == WriteStallReason.None;
        return isFree && _failure is null
            ? ValueTask.CompletedTask
            : EnterSlowAsync(bytes, needsMemTable, pressure);
    }

    private async ValueTask EnterSlowAsync(long bytes, bool needsMemTable, WritePressure pressure)
    {
        var timedFrom = HeldUp?.Start() ?? 0;
        var ticks = await WaitForRoomAsync(needsMemTable) + await SlowDownAsync(bytes, pressure);
        if (ticks == 0)
            return;
        HeldUp?.Record(timedFrom);
        lock (_lock)
            _longestTicks = Math.Max(_longestTicks, ticks);
    }

    private WritePressure PressureAt(double fill)
    {
        var pressure = _pressure;
        return _isSealedFull && options.EffectiveMemTableBytes >= MemTableBytesMin
            ? WritePressure.SlowestOf(pressure, WritePressure.OfFullMemTables(fill))
            : pressure;
    }

    /// <summary>Returns how long it took.</summary>
    private async ValueTask<long> WaitForRoomAsync(bool needsMemTable)
    {
        var ticks = 0L;
        while (true)
        {
            Task changed;
            WriteStallReason reason;
            lock (_lock)
            {
                if (_failure is not null)
                    throw new FerrisException(ErrorCode.WritesStopped, _failure.Message, _failure);
                reason = StopReason(needsMemTable);
                if (reason == WriteStallReason.None)
                    return ticks;
                changed = _changed.Task;
                Begin(reason);
            }
            RaiseIf(true, reason);
            await changed;
            ticks += End();
        }
    }

    private WriteStallReason StopReason(bool needsMemTable) =>
        _isL0Full ? WriteStallReason.L0Tables
        : needsMemTable && _isSealedFull ? WriteStallReason.SealedMemTables
        : WriteStallReason.None;

    /// <summary>Returns how long it was meant to take at most.</summary>
    private async ValueTask<long> SlowDownAsync(long bytes, WritePressure pressure)
    {
        if (pressure.Reason == WriteStallReason.None)
            return 0;
        var wait = Charge(bytes, pressure.BytesPerSecond);
        if (wait == TimeSpan.Zero)
            return 0;
        Task changed;
        lock (_lock)
        {
            changed = _changed.Task;
            Begin(pressure.Reason);
        }
        RaiseIf(true, pressure.Reason);
        await Task.WhenAny(Task.Delay(wait, options.TimeProvider), changed);
        End();
        return TicksOf(wait);
    }

    private TimeSpan Charge(long bytes, double bytesPerSecond)
    {
        var now = options.TimeProvider.GetTimestamp();
        var cost = TicksOf(TimeSpan.FromSeconds(Math.Min(bytes / bytesPerSecond, LongestDebt.TotalSeconds)));
        var paidAt = Math.Max(_paidAt, now - TicksOf(LongestCredit)) + cost;
        _paidAt = Math.Min(paidAt, now + TicksOf(LongestDebt));
        var owed = options.TimeProvider.GetElapsedTime(now, _paidAt);
        return owed < ShortestWait ? TimeSpan.Zero : owed < LongestSlowdown ? owed : LongestSlowdown;
    }

    private long TicksOf(TimeSpan time) => (long)(time.TotalSeconds * options.TimeProvider.TimestampFrequency);

    private void Begin(WriteStallReason reason)
    {
        _waitingFor = reason;
        WaitCount++;
        _stalledSince = options.TimeProvider.GetTimestamp();
    }

    private long End()
    {
        var ticks = options.TimeProvider.GetTimestamp() - _stalledSince;
        lock (_lock)
        {
            _waitingFor = WriteStallReason.None;
            _stalledTicks += ticks;
        }
        RaiseIfOver();
        return ticks;
    }

    // Once for each change, and never under the lock. Two threads that race may tell their news in either order: the
    // last word is the one that is remembered, so the next change is told again.
    private void RaiseIf(bool condition, WriteStallReason reason)
    {
        lock (_lock)
        {
            if (!condition || _raised == reason)
                return;
            _raised = reason;
        }
        events.Raise(new WriteStallChanged(reason));
    }

    private void Wake()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
