namespace FerrisDB.Transactions;

/// <summary>A tag whose transactions start no faster than somebody allows, for some time.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TagThrottle
{
    private readonly StartQueue _queue;
    private double _startsPerSecond;
    private long _endsAt;
    private long _refused;

    public TagThrottle(byte[] tag, double startsPerSecond, long endsAt, bool isAutomatic = false)
    {
        (Tag, _startsPerSecond, _endsAt, IsAutomatic) = (tag, startsPerSecond, endsAt, isAutomatic);
        _queue = new StartQueue { Late = Late };
        Allow(startsPerSecond);
    }

    public byte[] Tag { get; }

    /// <summary>Transactions that may start in a second; 0 is none.</summary>
    public double StartsPerSecond => Volatile.Read(ref _startsPerSecond);

    /// <summary>When it ends, by the timestamps of the server's clock.</summary>
    public long EndsAt => Volatile.Read(ref _endsAt);

    /// <summary>No operator has set it: the server found that storage cannot follow because of the tag.</summary>
    public bool IsAutomatic { get; }

    /// <summary>Transactions that have started under it.</summary>
    public long Started => _queue.Started;

    /// <summary>Requests that were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Requests that wait.</summary>
    public int Waiting => _queue.Waiting.Default;

    /// <summary>True if so many may start as far as the tag goes; else <see cref="Wait"/>.</summary>
    public bool TryStart(int count) => _queue.TryStart(TransactionPriority.Default, count);

    /// <summary>Starts them when their time has come, or refuses them: at once if it would not come soon.</summary>
    public void Wait(int count, IStarting who)
    {
        var waiting = Waiting;
        if (waiting < StartsPerSecond * StartQueue.WaitSecondsMax)
        {
            _queue.Wait(TransactionPriority.Default, count, who);
            return;
        }
        Interlocked.Increment(ref _refused);
        who.Refuse(new FerrisException(
            ErrorCode.TagThrottled,
            $"Transactions with the tag {KeyText.Of(Tag)} are throttled to {StartsPerSecond} a second, and {waiting} "
                + "wait already. Run it again later."));
    }

    /// <summary>Lets so many start from now on, until then.</summary>
    public void Change(double startsPerSecond, long endsAt)
    {
        Volatile.Write(ref _startsPerSecond, startsPerSecond);
        Volatile.Write(ref _endsAt, endsAt);
        Allow(startsPerSecond);
    }

    /// <summary>Some time has passed.</summary>
    public void Release(double elapsedSeconds) => _queue.Release(elapsedSeconds);

    /// <summary>It has ended: who waits may start.</summary>
    public void End()
    {
        Allow(double.PositiveInfinity);
        _queue.Release(0);
    }

    /// <summary>Nothing starts any more.</summary>
    public void Close() => _queue.Close();

    private void Allow(double startsPerSecond) => _queue.Limit(new RateLimits(
        startsPerSecond, startsPerSecond, RateLimitReason.None, RateLimitReason.None));

    private FerrisException Late()
    {
        Interlocked.Increment(ref _refused);
        return new FerrisException(
            ErrorCode.ProxyTagThrottled,
            $"The transaction has waited {StartQueue.WaitSecondsMax} s: those with the tag {KeyText.Of(Tag)} are "
                + $"throttled to {StartsPerSecond} a second. Run it again later.");
    }
}
