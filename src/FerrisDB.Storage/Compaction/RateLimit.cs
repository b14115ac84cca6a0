namespace FerrisDB.Storage;

/// <summary>Keeps background writing below a rate: whoever has written bytes waits until they are paid for.</summary>
internal sealed class RateLimit(long bytesPerSecond, TimeProvider timeProvider)
{
    // A shorter wait than a timer can keep is carried over to the next payment.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();

    // When everything written so far will be paid for; guarded by the lock.
    private long _paidAt;

    public ValueTask PayAsync(long bytes)
    {
        if (bytesPerSecond <= 0)
            return ValueTask.CompletedTask;
        TimeSpan wait;
        lock (_lock)
        {
            var now = timeProvider.GetTimestamp();
            var cost = (long)((double)bytes / bytesPerSecond * timeProvider.TimestampFrequency);
            _paidAt = Math.Max(_paidAt, now) + cost;
            wait = timeProvider.GetElapsedTime(now, _paidAt);
        }
        return wait < ShortestWait ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, timeProvider));
    }
}
