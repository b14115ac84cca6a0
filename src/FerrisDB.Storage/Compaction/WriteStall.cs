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
/// <see cref="LongestWait"/> each. One leader calls <see cref="EnterAsync"/> at a time; the rest is thread-safe.
/// </remarks>
internal sealed class WriteStall(StorageOptions options)
{
    private const double FastestBytesPerSecond = 64 << 20;
    private const double Halvings = 6;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();

    // Guarded by the lock.
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _failure;
    private volatile WriteStallReason _waitingFor;
    private long _stalledSince;
    private long _stalledTicks;

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
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_failure is not null)
                    throw new FerrisException(ErrorCode.WritesStopped, _failure.Message, _failure);
                var reason = StopReason(needsMemTable);
                if (reason == WriteStallReason.None)
                    break;
                changed = _changed.Task;
                Begin(reason);
            }
            await changed;
            End();
        }
        await SlowDownAsync(bytes);
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
        wait = wait < LongestWait ? wait : LongestWait;
        _owedSeconds -= wait.TotalSeconds;
        lock (_lock)
            Begin(WriteStallReason.L0Tables);
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
    }

    private void Wake()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
