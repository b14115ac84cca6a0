using FerrisDB.Transactions;

namespace FerrisDB.Tests.Ratekeeper;

/// <summary>A throttled tag, by a clock that the test holds.</summary>
public sealed class TagThrottleTests
{
    private const double Step = 0.005;

    private readonly List<FerrisException?> _refused = [];
    private int _started;

    [Fact]
    public void So_many_start_in_a_second_as_are_allowed_and_in_order()
    {
        var throttle = New(startsPerSecond: 50);
        var order = new List<int>();
        for (var each = 0; each < 200; each++)
            Ask(throttle, each, order);

        for (var second = 1; second <= 4; second++)
        {
            Pass(throttle, seconds: 1);
            Assert.InRange(order.Count, (second * 50) - 1, (second * 50) + 1);
        }
        Pass(throttle, seconds: 0.1);
        Assert.Equal(Enumerable.Range(0, 200), order);
        Assert.Equal(200, throttle.Started);
    }

    [Fact]
    public void If_more_wait_than_can_start_in_time_the_next_is_refused_at_once()
    {
        var throttle = New(startsPerSecond: 2);
        for (var each = 0; each < 10; each++)
            Ask(throttle, each, []);

        Ask(throttle, 10, []);

        Assert.Equal(ErrorCode.TagThrottled, Assert.Single(_refused)!.Code);
        Assert.Equal((10, 1), (throttle.Waiting, throttle.Refused));
    }

    [Fact]
    public void Nothing_starts_at_a_rate_of_zero()
    {
        var throttle = New(startsPerSecond: 0);

        Assert.False(throttle.TryStart(1));
        Ask(throttle, 0, []);

        Assert.Equal(ErrorCode.TagThrottled, Assert.Single(_refused)!.Code);
    }

    [Fact]
    public void Who_has_waited_for_long_behind_a_large_group_is_refused()
    {
        var throttle = New(startsPerSecond: 2);
        Pass(throttle, seconds: 1);
        Assert.True(throttle.TryStart(1000));
        Ask(throttle, 1, []);

        Pass(throttle, StartQueue.WaitSecondsMax + 0.1);

        Assert.Equal(ErrorCode.ProxyTagThrottled, Assert.Single(_refused)!.Code);
        Assert.Equal((0, 1), (throttle.Waiting, throttle.Refused));
    }

    [Fact]
    public void A_throttle_that_is_over_lets_all_start_who_wait()
    {
        var throttles = new TagThrottles();
        Assert.True(throttles.TrySet(New(startsPerSecond: 1, endsAt: 100)));
        var throttle = throttles.Find("t"u8)!;
        for (var each = 0; each < 3; each++)
            Ask(throttle, each, []);

        throttles.Release(Step, now: 99);
        Assert.False(throttles.IsEmpty);
        throttles.Release(Step, now: 100);

        Assert.True(throttles.IsEmpty);
        Assert.Equal(3, _started);
    }

    [Fact]
    public void A_throttle_that_is_set_again_lets_those_go_who_wait_and_counts_from_then_on()
    {
        var throttles = new TagThrottles();
        throttles.TrySet(New(startsPerSecond: 1));
        Ask(throttles.Find("t"u8)!, 0, []);

        Assert.True(throttles.TrySet(New(startsPerSecond: 7)));

        Assert.Equal(1, _started);
        Assert.Equal(7, Assert.Single(throttles.All).StartsPerSecond);
    }

    [Fact]
    public void So_many_tags_can_be_throttled_and_no_more()
    {
        var throttles = new TagThrottles();
        for (var tag = 0; tag < TagThrottles.Max; tag++)
            Assert.True(throttles.TrySet(new TagThrottle([(byte)tag], 1, long.MaxValue)));

        Assert.False(throttles.TrySet(New(startsPerSecond: 1)));
        Assert.True(throttles.TrySet(new TagThrottle([0], 2, long.MaxValue)));
        Assert.Equal(TagThrottles.Max, throttles.Remove(_ => true));
    }

    private static TagThrottle New(double startsPerSecond, long endsAt = long.MaxValue) =>
        new([(byte)'t'], startsPerSecond, endsAt);

    private static void Pass(TagThrottle throttle, double seconds)
    {
        for (var passed = 0.0; passed < seconds - (Step / 2); passed += Step)
            throttle.Release(Step);
    }

    private void Ask(TagThrottle throttle, int number, List<int> order) =>
        throttle.Wait(1, new Asker(this, number, order));

    private sealed class Asker(TagThrottleTests test, int number, List<int> order) : IStarting
    {
        public void Start()
        {
            test._started++;
            order.Add(number);
        }

        public void Refuse(FerrisException? error) => test._refused.Add(error);
    }
}
