using System.Numerics;

namespace FerrisDB.Transactions;

// Durations fall into buckets, eight for each doubling, so that a quantile is wrong by an eighth at most:
//
//     ticks of 100 ns    0 1 2 ... 7 | 8 9 ... 15 | 16 18 20 ... 30 | 32 36 ...
//     bucket             0 1 2 ... 7 | 8 9 ... 15 | 16 17 18 ... 23 | 24 25 ...
//
// There are two sets of them. One fills; the other is of the time before. To turn them over is to forget what is
// older than that.

/// <summary>How long things took lately.</summary>
/// <remarks>
/// Thread-safe. Allocates nothing. A duration that is recorded while the sets are turned over may be forgotten, or
/// counted a little longer than others.
/// </remarks>
internal sealed class LatencyWindow
{
    private const int PerDoublingBits = 3;
    private const int PerDoubling = 1 << PerDoublingBits;

    // Up to half an hour: 2^34 ticks.
    private const int BucketCount = (34 - PerDoublingBits + 1) * PerDoubling;

    private readonly long[][] _sets = [new long[BucketCount], new long[BucketCount]];
    private long _total;
    private int _filling;

    /// <summary>All that were ever recorded.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Records that something took so long, so many times.</summary>
    public void Record(TimeSpan duration, long count = 1)
    {
        Interlocked.Add(ref _sets[Volatile.Read(ref _filling)][BucketOf(duration.Ticks)], count);
        Interlocked.Add(ref _total, count);
    }

    /// <summary>Forgets what was recorded before the last turn. Called by one thread at a time.</summary>
    public void Turn()
    {
        var next = 1 - _filling;
        Array.Clear(_sets[next]);
        Volatile.Write(ref _filling, next);
    }

    /// <summary>What took how long since the turn before the last.</summary>
    public LatencySummary Summarize()
    {
        Span<long> counts = stackalloc long[BucketCount];
        var count = 0L;
        for (var bucket = 0; bucket < BucketCount; bucket++)
        {
            counts[bucket] = Volatile.Read(ref _sets[0][bucket]) + Volatile.Read(ref _sets[1][bucket]);
            count += counts[bucket];
        }
        return count == 0
            ? default
            : new LatencySummary(
                count, Quantile(counts, count, 0.5), Quantile(counts, count, 0.99), Quantile(counts, count, 1));
    }

    /// <summary>The bucket of a duration, in ticks.</summary>
    internal static int BucketOf(long ticks)
    {
        if (ticks < PerDoubling)
            return (int)Math.Max(ticks, 0);
        var shift = BitOperations.Log2((ulong)ticks) - PerDoublingBits;
        var bucket = ((shift + 1) << PerDoublingBits) + (int)((ticks >> shift) & (PerDoubling - 1));
        return Math.Min(bucket, BucketCount - 1);
    }

    /// <summary>The longest duration that falls into a bucket, in ticks.</summary>
    internal static long LongestIn(int bucket)
    {
        if (bucket < PerDoubling)
            return bucket;
        var shift = (bucket >> PerDoublingBits) - 1;
        return ((long)(PerDoubling + (bucket & (PerDoubling - 1)) + 1) << shift) - 1;
    }

    private static TimeSpan Quantile(ReadOnlySpan<long> counts, long count, double share)
    {
        var wanted = Math.Max((long)Math.Ceiling(count * share), 1);
        var bucket = 0;
        for (var seen = counts[0]; seen < wanted && bucket < BucketCount - 1; seen += counts[bucket])
            bucket++;
        return TimeSpan.FromTicks(LongestIn(bucket));
    }
}
