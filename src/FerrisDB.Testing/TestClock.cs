namespace FerrisDB.Testing;

/// <summary>A clock that stands still until a test moves it.</summary>
/// <remarks>Thread-safe. Timers fire on the thread that moves it, in the order of their times.</remarks>
public sealed class TestClock : TimeProvider
{
    /// <summary>The time of a new one: 2025-01-01, 00:00 UTC.</summary>
    public static readonly DateTimeOffset FirstTime = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<TestTimer> _timers = [];
    private DateTimeOffset _now;

    /// <summary>Creates one.</summary>
    /// <param name="now">The time that it shows; null is <see cref="FirstTime"/>.</param>
    public TestClock(DateTimeOffset? now = null) => _now = (now ?? FirstTime).ToUniversalTime();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves it on, and fires the timers whose time comes, each at its time.</summary>
    /// <param name="time">How far; not negative.</param>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        DateTimeOffset until;
        lock (_gate)
            until = _now + time;
        while (NextUntil(until) is { } timer)
            timer.Fire();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new TestTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets when a timer fires next, or that it does not. True if it was due at once and must fire.</summary>
    internal bool Schedule(TestTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period : null;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return false;
            timer.DueAt = _now + dueTime;
            if (dueTime > TimeSpan.Zero || timer.Period is not null)
                Add(timer, dueTime == TimeSpan.Zero ? _now + timer.Period!.Value : timer.DueAt);
            return dueTime == TimeSpan.Zero;
        }
    }

    internal void Remove(TestTimer timer)
    {
        lock (_gate)
            _timers.Remove(timer);
    }

    /// <summary>The timer that is due next, with the clock moved there; null if the end is reached.</summary>
    private TestTimer? NextUntil(DateTimeOffset until)
    {
        lock (_gate)
        {
            if (_timers.Count == 0 || _timers[0].DueAt > until)
            {
                // A timer may have moved the clock beyond the end.
                if (until > _now)
                    _now = until;
                return null;
            }
            var timer = _timers[0];
            _timers.RemoveAt(0);
            if (timer.DueAt > _now)
                _now = timer.DueAt;
            if (timer.Period is { } period)
                Add(timer, timer.DueAt + period);
            return timer;
        }
    }

    // In the order of time; of those at the same time, the one that was there first.
    private void Add(TestTimer timer, DateTimeOffset dueAt)
    {
        timer.DueAt = dueAt;
        var index = _timers.FindIndex(other => other.DueAt > dueAt);
        _timers.Insert(index < 0 ? _timers.Count : index, timer);
    }
}
