namespace FerrisDB.Transactions;

// A queue in storage, the bytes in MemTables for example, must not grow without bound. What arrives cannot be slowed
// down where it arrives, for then every commit waits; so fewer transactions are let start:
//
//                      starts a second x what leaves the queue
//     limit   =   ------------------------------------------------     ratio:  0 far below the target (no limit)
//                       what arrives there x ratio                             1 at the target, 10 at most
//
// At the target as much arrives as leaves, whatever the disk can do: nobody has to know how fast it is. Below, more may
// start than do, until the queue says otherwise; above, fewer. Batch priority has a lower target of its own,
// and what starts with default priority counts against its limit too: so it yields first, and wholly.
//
// The law is that of FoundationDB's Ratekeeper.

/// <summary>Says how many transactions may start in a second, so that storage can follow.</summary>
/// <remarks>A pure function of what it is told, and when. For one thread at a time.</remarks>
internal sealed class Ratekeeper
{
    // However far storage is behind: a writer must be able to find out that it is not any more.
    private const double StartsPerSecondMin = 10;

    // Of the target of the others. For batch priority the mean length counts too, or it would take what a flush leaves.
    private const double BatchTarget = 0.75;

    // As long as the queues, so that the two tell together how much one transaction writes.
    private const double SmoothingSeconds = QueueRate.SmoothingSeconds;

    private readonly Dictionary<RateLimitReason, QueueRate> _queues = [];
    private SmoothRate _starts = new(SmoothingSeconds);

    /// <summary>Transactions that start in a second, about.</summary>
    public double StartsPerSecond => _starts.PerSecond;

    /// <summary>Weighs a new reading of the queues.</summary>
    /// <param name="elapsedSeconds">Since the last one.</param>
    /// <param name="started">Transactions that have started since the beginning.</param>
    /// <param name="queues">One of each reason.</param>
    public RateLimits Update(double elapsedSeconds, long started, ReadOnlySpan<QueueLoad> queues)
    {
        _starts.Update(started, elapsedSeconds);
        var limits = RateLimits.None;
        foreach (ref readonly var queue in queues)
        {
            var rate = _queues.TryGetValue(queue.Reason, out var known) ? known : new QueueRate();
            rate.Update(queue, elapsedSeconds);
            _queues[queue.Reason] = rate;
            var normal = Math.Max(
                rate.Limit(queue, queue.Length, queue.Target, _starts.PerSecond), StartsPerSecondMin);
            var batch = rate.Limit(
                queue, Math.Max(queue.Length, rate.Length), queue.Target * BatchTarget, _starts.PerSecond);
            if (normal < limits.Default)
                limits = limits with { Default = normal, Reason = queue.Reason };
            if (batch < limits.Batch)
                limits = limits with { Batch = batch, BatchReason = queue.Reason };
        }
        return limits;
    }
}
