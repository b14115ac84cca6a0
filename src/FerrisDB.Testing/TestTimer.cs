namespace FerrisDB.Testing;

/// <summary>A timer of a <see cref="TestClock"/>.</summary>
internal sealed class TestTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
{
    /// <summary>When it fires next; of the clock, under its lock.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>From one time to the next; null is once.</summary>
    public TimeSpan? Period { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (clock.Schedule(this, dueTime, period))
            Fire();
        return true;
    }

    public void Fire() => callback(state);

    public void Dispose() => clock.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
