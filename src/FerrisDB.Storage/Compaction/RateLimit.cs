namespace FerrisDB.Storage;

/// <summary>Keeps background work below a rate: whoever has moved bytes waits until they are paid for.</summary>
internal sealed class RateLimit(long bytesPerSecond, TimeProvider timeProvider)
{
    // A shorter wait than a timer can keep is carried over to the next payment.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();

    // When everything moved so far will be paid for; guarded by the lock.
    private long _paidAt;

    public ValueTask PayAsync(long bytes)
    {
        var wait = Charge(bytes);
        return wait == TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, timeProvider));
    }

    /// <summary>How long to wait, for those who have another way to; zero if not at all.</summary>
    public TimeSpan Charge(long bytes)
    {
        if (bytesPerSecond <= 0)
            return TimeSpan.Zero;
        lock (_lock)
        {
            var now = timeProvider.GetTimestamp();
            var cost = (long)((double)bytes / bytesPerSecond * timeProvider.TimestampFrequency);
            _paidAt = Math.Max(_paidAt, now) + cost;
            var wait = timeProvider.GetElapsedTime(now, _paidAt);
            return wait < ShortestWait ? TimeSpan.Zero : wait;
        }
    }
}
