using FerrisDB.Testing;

namespace FerrisDB.Tests.Testing;

/// <summary>A clock that moves only when a test says so.</summary>
public sealed class TestClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();

    [Fact]
    public void Time_and_timestamps_move_together_and_only_when_they_are_moved()
    {
        var begun = _clock.GetTimestamp();
        Assert.Equal(TestClock.FirstTime, _clock.GetUtcNow());

        _clock.Advance(90 * Second);

        Assert.Equal(TestClock.FirstTime + (90 * Second), _clock.GetUtcNow());
        Assert.Equal(90 * Second, _clock.GetElapsedTime(begun));
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(-Second));
    }

    [Fact]
    public void Timers_fire_at_their_times_in_order()
    {
        List<string> fired = [];
        using var third = Timer("third", 3 * Second);
        using var every = Timer("every", Second, 2 * Second);
        using var never = Timer("never", Timeout.InfiniteTimeSpan);
        using var disposed = Timer("disposed", Second);
        disposed.Dispose();
        using var atOnce = Timer("at once", TimeSpan.Zero);

        _clock.Advance(4 * Second);

        Assert.Equal(["at once 0", "every 1", "third 3", "every 3"], fired);

        ITimer Timer(string name, TimeSpan dueTime, TimeSpan? period = null) => _clock.CreateTimer(
            _ => fired.Add($"{name} {(_clock.GetUtcNow() - TestClock.FirstTime).TotalSeconds}"),
            null, dueTime, period ?? Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void A_timer_may_set_itself_again()
    {
        var count = 0;
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                count++;
                timer!.Change(Second, Timeout.InfiniteTimeSpan);
            },
            null, Second, Timeout.InfiniteTimeSpan);

        _clock.Advance(5 * Second);

        Assert.Equal(5, count);
        timer.Dispose();
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_has_come()
    {
        var waiting = new TaskCompletionSource().Task.WaitAsync(Second, _clock, TestContext.Current.CancellationToken);
        _clock.Advance(Second - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromTicks(1));

        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
    }
}
