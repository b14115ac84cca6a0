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
}

/// <summary>
/// Slows writers down while compaction is behind, smoothly and long before it would have to stop them, and says why.
/// </summary>
/// <remarks>
/// Between <see cref="StorageOptions.L0SlowdownTables"/> and <see cref="StorageOptions.L0StopTables"/> the allowed rate
/// falls from 64 to 1 MiB a second, halving at equal steps, so that writers and compaction meet somewhere between
/// instead of alternating between full speed and a stop. The trade-off: a writer pays in waits of at most
/// <see cref="LongestSlowdown"/> each. One leader calls <see cref="EnterAsync"/> at a time; the rest is thread-safe.
/// </remarks>
internal sealed class WriteStall(StorageOptions options, StorageEventHub events)
{
    private const double FastestBytesPerSecond = 64 << 20;
    private const double Halvings = 6;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestSlowdown = TimeSpan.FromMilliseconds(10);

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
    private double _bytesPerSecond;
    private double _owedSeconds;

    /// <summary>The reason in force now; a slowdown counts too.</summary>
    public WriteStallReason Reason =>
        _waitingFor != WriteStallReason.None ? _waitingFor
        : _isL0Full || Volatile.Read(ref _bytesPerSecond) > 0 ? WriteStallReason.L0Tables
        : WriteStallReason.None;

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

    /// <summary>The longest that one write was held up, whatever for.</summary>
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
    public void Update(int sealedCount, int l0Count)
    {
        lock (_lock)
        {
            _isSealedFull = sealedCount >= options.SealedMemTablesMax;
            _isL0Full = l0Count >= options.L0StopTables;
            Volatile.Write(ref _bytesPerSecond, l0Count < options.L0SlowdownTables ? 0 : RateAt(l0Count));
            Wake();
        }
    }

    /// <summary>
    /// Tells listeners when nothing slows writers down any more. Apart from <see cref="Update"/>, whose caller holds
    /// locks that no listener should run under.
    /// </summary>
    public void RaiseIfOver() => RaiseIf(Reason == WriteStallReason.None, WriteStallReason.None);

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
    public ValueTask EnterAsync(long bytes, bool needsMemTable)
    {
        var isFree = StopReason(needsMemTable) == WriteStallReason.None && Volatile.Read(ref _bytesPerSecond) <= 0;
        return isFree && _failure is null ? ValueTask.CompletedTask : EnterSlowAsync(bytes, needsMemTable);
    }

    private async ValueTask EnterSlowAsync(long bytes, bool needsMemTable)
    {
        var startedAt = options.TimeProvider.GetTimestamp();
        var timedFrom = HeldUp?.Start() ?? 0;
        await WaitForRoomAsync(needsMemTable);
        await SlowDownAsync(bytes);
        HeldUp?.Record(timedFrom);
        var ticks = options.TimeProvider.GetTimestamp() - startedAt;
        lock (_lock)
            _longestTicks = Math.Max(_longestTicks, ticks);
    }

    private async ValueTask WaitForRoomAsync(bool needsMemTable)
    {
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
                    return;
                changed = _changed.Task;
                Begin(reason);
            }
            RaiseIf(true, reason);
            await changed;
            End();
        }
    }

    private WriteStallReason StopReason(bool needsMemTable) =>
        _isL0Full ? WriteStallReason.L0Tables
        : needsMemTable && _isSealedFull ? WriteStallReason.SealedMemTables
        : WriteStallReason.None;

    private async ValueTask SlowDownAsync(long bytes)
    {
        var rate = Volatile.Read(ref _bytesPerSecond);
        if (rate <= 0)
            return;
        _owedSeconds += bytes / rate;
        var wait = TimeSpan.FromSeconds(_owedSeconds);
        if (wait < ShortestWait)
            return;
        wait = wait < LongestSlowdown ? wait : LongestSlowdown;
        _owedSeconds -= wait.TotalSeconds;
        lock (_lock)
            Begin(WriteStallReason.L0Tables);
        RaiseIf(true, WriteStallReason.L0Tables);
        await Task.Delay(wait, options.TimeProvider);
        End();
    }

    private double RateAt(int l0Count)
    {
        var steps = Math.Max(1, options.L0StopTables - options.L0SlowdownTables);
        var behind = Math.Min(1.0, (double)(l0Count - options.L0SlowdownTables) / steps);
        return FastestBytesPerSecond * Math.Pow(2, -Halvings * behind);
    }

    private void Begin(WriteStallReason reason)
    {
        _waitingFor = reason;
        WaitCount++;
        _stalledSince = options.TimeProvider.GetTimestamp();
    }

    private void End()
    {
        lock (_lock)
        {
            _waitingFor = WriteStallReason.None;
            _stalledTicks += options.TimeProvider.GetTimestamp() - _stalledSince;
        }
        RaiseIfOver();
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
