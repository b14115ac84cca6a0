using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>When requests of one of several loops are due, so that together they ask so often in a second.</summary>
/// <remarks>
/// The latency of a request counts from when it was due, also if its loop still waited for the answer before: a server
/// that stands still keeps others from asking. Only what a timer is late does not count.
/// </remarks>
/// <param name="start">The timestamp at which all loops begin.</param>
/// <param name="perSecond">Of all loops together; 0 is as fast as it goes.</param>
/// <param name="loops">How many loops there are. They take turns.</param>
/// <param name="loop">The number of this one, from 0 on.</param>
internal sealed class Pace(long start, double perSecond, int loops, int loop)
{
    private long _requests;
    private long _woke;

    /// <summary>Waits until the next request is due. Returns the timestamp from which its latency counts.</summary>
    public ValueTask<long> NextAsync()
    {
        var now = Stopwatch.GetTimestamp();
        if (perSecond <= 0)
            return new(now);
        var due = start + (long)(((_requests++ * loops) + loop) / perSecond * Stopwatch.Frequency);
        return due <= now ? new(Math.Max(due, _woke)) : WaitAsync(due, now);
    }

    private async ValueTask<long> WaitAsync(long due, long now)
    {
        while (now < due)
        {
            // Timers count whole milliseconds: a wait for less would not wait.
            var left = Stopwatch.GetElapsedTime(now, due).TotalMilliseconds;
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left)));
            now = Stopwatch.GetTimestamp();
        }
        return _woke = now;
    }
}
