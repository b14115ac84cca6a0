using FerrisDB.Transactions;

namespace FerrisDB.Tests.Ratekeeper;

/// <summary>Tags that the server throttles by itself. In virtual time, without a clock.</summary>
public sealed class HotTagsTests(ITestOutputHelper output)
{
    [Fact]
    public void A_tag_that_makes_storage_slow_yields_and_the_others_do_not_wait()
    {
        var (others, hot, waiting) = BesideAHotTag();

        output.WriteLine($"others {others:P0} of what they offer, the tag {hot:P0} of what storage can take");
        Assert.InRange(others, 0.95, 1.05);
        Assert.InRange(hot, 0.2, 0.8);
        Assert.InRange(waiting, 0, 100);
    }

    /// <summary>
    /// What others get of what they offer, what the tag gets of what storage can take, and how many others wait at
    /// the end, on average.
    /// </summary>
    internal static (double Others, double Hot, double Waiting) BesideAHotTag()
    {
        var storage = new SlowStorage();
        storage.DefaultOffered = storage.Capacity * 0.3;
        storage.HotOffered = storage.Capacity * 5;
        storage.Run(seconds: 120);
        var (others, hot) = (storage.DefaultStarted, storage.HotStarted);
        var waiting = 0.0;
        for (var second = 0; second < 120; second++)
        {
            storage.Run(seconds: 1);
            waiting += storage.Starts.Waiting.Default / 120.0;
        }
        return ((storage.DefaultStarted - others) / (120 * storage.DefaultOffered),
            (storage.HotStarted - hot) / (120 * storage.Capacity), waiting);
    }

    [Fact]
    public void When_the_tag_is_quiet_again_its_throttle_ends()
    {
        var storage = new SlowStorage();
        storage.HotOffered = storage.Capacity * 5;
        storage.Run(seconds: 60);
        Assert.True(Assert.Single(storage.Tags.All).IsAutomatic);

        storage.HotOffered = storage.Capacity / 20;
        storage.Run(seconds: 240);

        Assert.Empty(storage.Tags.All);
    }

    [Fact]
    public void Who_can_be_followed_is_not_throttled()
    {
        var storage = new SlowStorage();
        storage.HotOffered = storage.Capacity * 0.8;

        storage.Run(seconds: 120);

        Assert.Empty(storage.Tags.All);
    }

    [Fact]
    public void Nothing_is_throttled_when_it_is_disabled_and_what_was_is_let_go()
    {
        var storage = new SlowStorage();
        storage.HotOffered = storage.Capacity * 5;
        storage.Run(seconds: 60);
        Assert.Single(storage.Tags.All);

        storage.HotTags.IsEnabled = false;
        Assert.Empty(storage.Tags.All);
        storage.Run(seconds: 60);

        Assert.Empty(storage.Tags.All);
    }

    [Fact]
    public void The_tag_that_writes_most_is_found_and_what_an_operator_said_stays()
    {
        var throttles = new TagThrottles();
        var hot = new HotTags(throttles);
        throttles.TrySet(new TagThrottle([1], 5, long.MaxValue));
        throttles.Usage.Add([1], 100, 600);
        throttles.Usage.Add([2], 100, 100);
        throttles.Usage.Add([3], 100, 300);

        hot.Update(2, isLimited: true, bytesWritten: 1000, now: 0, ticksPerSecond: 1);

        Assert.Equal(5, throttles.Find([1])!.StartsPerSecond);
        Assert.Null(throttles.Find([2]));
        Assert.Equal((25, true), (throttles.Find([3])!.StartsPerSecond, throttles.Find([3])!.IsAutomatic));
    }

    [Fact]
    public void Of_many_who_write_a_little_none_is_throttled()
    {
        var throttles = new TagThrottles();
        for (byte tag = 0; tag < 10; tag++)
            throttles.Usage.Add([tag], 100, 100);

        new HotTags(throttles).Update(2, isLimited: true, bytesWritten: 1000, now: 0, ticksPerSecond: 1);

        Assert.True(throttles.IsEmpty);
    }
}
