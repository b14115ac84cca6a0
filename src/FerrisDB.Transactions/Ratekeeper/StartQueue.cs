namespace FerrisDB.Transactions;

// As long as nothing limits them, transactions start at once, and are counted. Under a limit:
//
//     immediate ─────────────────────────────────────► start
//     default   ──► waiting ──(default budget)───────► start, and pay from both budgets
//     batch     ──► waiting ──(batch budget, and none
//                              of default waits)─────► start, and pay from both budgets

/// <summary>Lets so many transactions start as the <see cref="Ratekeeper"/> allows, by priority, in order.</summary>
/// <remarks>Thread-safe. Whoever starts is called outside the lock.</remarks>
internal sealed class StartQueue(int waitingMax = StartQueue.WaitingMax)
{
    // Requests, of any number of transactions each. As many as connections may have under way are far fewer.
    private const int WaitingMax = 200_000;

    /// <summary>Who has waited for so long is refused, and asks again if it has the time.</summary>
    public const double WaitSecondsMax = 5;

    private readonly Lock _gate = new();

    // Under the gate.
    private readonly Queue<(IStarting Who, int Count, double Since)> _default = new();
    private readonly Queue<(IStarting Who, int Count, double Since)> _batch = new();
    private readonly List<IStarting> _starting = [];
    private StartBudget _defaultBudget;
    private StartBudget _batchBudget;
    private double _seconds;
    private bool _isClosed;

    // Written under the gate, read by all.
    private volatile RateLimits _limits = RateLimits.None;
    private volatile bool _isFree = true;

    private long _started;

    /// <summary>The error of who has waited too long.</summary>
    public Func<FerrisException> Late { get; init; } = static () => new FerrisException(
        ErrorCode.GrvProxyMemoryLimitExceeded,
        $"Storage cannot follow: the transaction has waited {WaitSecondsMax} s to start. Run it again.");

    /// <summary>Transactions that have started since the beginning.</summary>
    public long Started => Interlocked.Read(ref _started);

    /// <summary>True if everybody may start at once, and nobody waits.</summary>
    public bool IsFree => _isFree;

    /// <summary>What is allowed now.</summary>
    public RateLimits Limits => _limits;

    /// <summary>Requests that wait, of default and of batch priority.</summary>
    public (int Default, int Batch) Waiting
    {
        get
        {
            lock (_gate)
                return (_default.Count, _batch.Count);
        }
    }

    /// <summary>True if so many transactions may start at once; else <see cref="Wait"/>.</summary>
    public bool TryStart(TransactionPriority priority, int count)
    {
        if (!_isFree && !TryStartLimited(priority, count))
            return false;
        Interlocked.Add(ref _started, count);
        return true;
    }

    /// <summary>Starts them when their time has come, or refuses them.</summary>
    public void Wait(TransactionPriority priority, int count, IStarting who)
    {
        FerrisException? refusal = null;
        IStarting? dropped = null;
        lock (_gate)
        {
            if (_isClosed)
            {
                dropped = who;
            }
            else if (priority == TransactionPriority.Batch && _limits.Batch <= 1)
            {
                dropped = who;
                refusal = Throttled();
            }
            else
            {
                (priority == TransactionPriority.Batch ? _batch : _default).Enqueue((who, count, _seconds));
                if (_default.Count + _batch.Count > waitingMax)
                {
                    dropped = (_batch.Count > 0 ? _batch : _default).Dequeue().Who;
                    refusal = new FerrisException(
                        ErrorCode.GrvProxyMemoryLimitExceeded, $"More than {waitingMax} requests wait to start.");
                }
            }
        }
        dropped?.Refuse(refusal);
    }

    /// <summary>Sets what is allowed from now on.</summary>
    public void Limit(RateLimits limits)
    {
        lock (_gate)
        {
            _limits = limits;
            // What could be had without a limit is not kept: the first ones under it would start for nothing.
            _defaultBudget.Earn(limits.Default, 0);
            _batchBudget.Earn(limits.Batch, 0);
            _isFree = limits.AreNone && _default.Count + _batch.Count == 0 && !_isClosed;
        }
    }

    /// <summary>Some time has passed: starts those whose time has come.</summary>
    public void Release(double elapsedSeconds)
    {
        List<IStarting> starting;
        List<IStarting> late = [];
        lock (_gate)
        {
            _seconds += elapsedSeconds;
            _defaultBudget.Earn(_limits.Default, elapsedSeconds);
            _batchBudget.Earn(_limits.Batch, elapsedSeconds);
            if (_isClosed)
                return;
            while (_default.Count > 0 && _defaultBudget.HasAny)
                Take(_default);
            while (_batch.Count > 0 && IsBatchFree())
                Take(_batch);
            TakeLate(_default, late);
            TakeLate(_batch, late);
            _isFree = _limits.AreNone && _default.Count + _batch.Count == 0;
            if (_starting.Count + late.Count == 0)
                return;
            starting = [.. _starting];
            _starting.Clear();
        }
        foreach (var who in starting)
            who.Start();
        foreach (var who in late)
            who.Refuse(Late());
    }

    /// <summary>Nothing starts any more: who waits is let go without an answer, and asks the next server.</summary>
    public void Close()
    {
        List<IStarting> waiting;
        lock (_gate)
        {
            _isClosed = true;
            _isFree = false;
            waiting = [.. _default.Select(each => each.Who), .. _batch.Select(each => each.Who)];
            _default.Clear();
            _batch.Clear();
        }
        foreach (var who in waiting)
            who.Refuse(null);
    }

    private static FerrisException Throttled() => new(
        ErrorCode.BatchTransactionThrottled,
        "Storage cannot follow, and transactions of batch priority must wait. Run it again later.");

    private bool TryStartLimited(TransactionPriority priority, int count)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            var mayStart = priority switch
            {
                TransactionPriority.Immediate => true,
                TransactionPriority.Batch => _batch.Count == 0 && IsBatchFree(),
                _ => _default.Count == 0 && _defaultBudget.HasAny,
            };
            if (mayStart)
                Pay(count);
            return mayStart;
        }
    }

    private bool IsBatchFree()
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.BatchPriorityDoesNotYield)
            return _defaultBudget.HasAny;
#endif
        return _default.Count == 0 && _defaultBudget.HasAny && _batchBudget.HasAny;
    }

    private void TakeLate(Queue<(IStarting Who, int Count, double Since)> queue, List<IStarting> late)
    {
        while (queue.TryPeek(out var oldest) && _seconds - oldest.Since >= WaitSecondsMax)
            late.Add(queue.Dequeue().Who);
    }

    private void Take(Queue<(IStarting Who, int Count, double Since)> queue)
    {
        var (who, count, _) = queue.Dequeue();
        Pay(count);
        Interlocked.Add(ref _started, count);
        _starting.Add(who);
    }

    private void Pay(int count)
    {
        _defaultBudget.Take(count);
        _batchBudget.Take(count);
    }
}
