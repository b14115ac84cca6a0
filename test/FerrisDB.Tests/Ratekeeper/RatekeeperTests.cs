using FerrisDB.Transactions;

namespace FerrisDB.Tests.Ratekeeper;

/// <summary>How the start of transactions follows what storage can do. In virtual time, without a clock.</summary>
public sealed class RatekeeperTests(ITestOutputHelper output)
{
    [Fact]
    public void A_storage_that_follows_limits_nobody()
    {
        var storage = new SlowStorage();
        storage.DefaultOffered = storage.Capacity * 0.8;

        storage.Run(seconds: 60);

        Assert.Equal(0, storage.Starts.Waiting.Default);
        Assert.InRange(storage.DefaultStarted, storage.DefaultOffered * 59, storage.DefaultOffered * 61);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void Under_overload_queues_stay_bounded_and_throughput_is_what_storage_can_take(double overload)
    {
        var (full, share) = Overload(overload);

        output.WriteLine($"MemTables at most {full:P0} full, {share:P0} of what storage can take");
        Assert.InRange(full, 0.5, 0.999);
        Assert.InRange(share, 0.8, 1.05);
    }

    /// <summary>Returns how full the MemTables became, and the share of what storage can take that it took.</summary>
    internal static (double Full, double Share) Overload(double overload)
    {
        var storage = new SlowStorage();
        storage.DefaultOffered = storage.Capacity * overload;
        // Before it knows what storage can take, it lets in what comes until its next look.
        storage.Run(seconds: 60);
        storage.QueueBytesMax = 0;
        var begun = storage.Flushed;
        storage.Run(seconds: 120);
        return (storage.QueueBytesMax / SlowStorage.FullBytes,
            (storage.Flushed - begun) / (120 * storage.BytesPerSecond));
    }

    [Fact]
    public void When_storage_becomes_slower_fewer_start_and_when_it_recovers_all_do()
    {
        var storage = new SlowStorage();
        storage.DefaultOffered = storage.Capacity / 2;
        storage.Run(seconds: 30);
        var fast = storage.BytesPerSecond;

        storage.BytesPerSecond = fast / 10;
        storage.Run(seconds: 120);
        Assert.Equal(RateLimitReason.MemTables, storage.Starts.Limits.Reason);
        Assert.InRange(storage.QueueBytesMax, 0, SlowStorage.FullBytes * 0.999);

        storage.BytesPerSecond = fast;
        storage.Run(seconds: 60);
        var begun = storage.DefaultStarted;
        storage.Run(seconds: 30);

        Assert.InRange(storage.DefaultStarted - begun, storage.DefaultOffered * 29, storage.DefaultOffered * 31);
        Assert.Equal(0, storage.Starts.Waiting.Default);
    }

    [Fact]
    public void Batch_priority_yields_first_and_wholly()
    {
        var (batchShare, defaultShare) = Shares(defaultOffered: 2);
        output.WriteLine($"default {defaultShare:P0}, batch {batchShare:P1}");

        Assert.InRange(batchShare, 0, 0.02);
        Assert.InRange(defaultShare, 0.8, 1.01);
    }

    [Fact]
    public void Batch_priority_gets_what_is_left()
    {
        var (batchShare, defaultShare) = Shares(defaultOffered: 0.5);
        output.WriteLine($"default {defaultShare:P0}, batch {batchShare:P0}");

        Assert.InRange(defaultShare, 0.49, 0.51);
        Assert.InRange(batchShare, 0.2, 0.51);
    }

    /// <summary>Shares of what storage can take, if there is more batch work than it can take.</summary>
    internal static (double Batch, double Default) Shares(double defaultOffered)
    {
        var storage = new SlowStorage();
        storage.DefaultOffered = storage.Capacity * defaultOffered;
        storage.BatchOffered = storage.Capacity * 5;
        storage.Run(seconds: 60);
        var (batch, normal) = (storage.BatchStarted, storage.DefaultStarted);
        storage.Run(seconds: 120);
        return ((storage.BatchStarted - batch) / (120 * storage.Capacity),
            (storage.DefaultStarted - normal) / (120 * storage.Capacity));
    }

    // What is behind does not catch up any faster if nobody may read.
    [Fact]
    public void Who_only_reads_is_not_limited_by_what_was_written_before()
    {
        var storage = new SlowStorage();
        storage.DefaultOffered = storage.Capacity * 10;
        storage.Run(seconds: 20);
        storage.BytesPerSecond = 0;
        storage.Writes = false;
        storage.Run(seconds: 90);
        var begun = storage.DefaultStarted;

        storage.Run(seconds: 10);

        Assert.InRange(storage.QueueBytes, SlowStorage.FullBytes / 2, SlowStorage.FullBytes);
        Assert.InRange(storage.DefaultStarted - begun, storage.DefaultOffered * 9, storage.DefaultOffered * 11);
    }

    // Nothing leaves while a MemTable fills, and much at once at its flush.
    [Fact]
    public void A_queue_far_below_its_target_limits_nobody_however_it_jumps()
    {
        var ratekeeper = new FerrisDB.Transactions.Ratekeeper();
        for (var step = 1; step <= 1000; step++)
        {
            var length = step * 0.7 % 64;
            QueueLoad load = new(RateLimitReason.MemTables, length, step * 0.7, Target: 144, Spring: 16);
            Assert.True(ratekeeper.Update(0.1, started: step * 1000, [load]).AreNone, $"step {step}");
        }
    }

    [Fact]
    public void The_shortest_limit_counts_and_says_why()
    {
        var ratekeeper = new FerrisDB.Transactions.Ratekeeper();
        RateLimits limits = RateLimits.None;
        for (var second = 1; second <= 20; second++)
        {
            limits = ratekeeper.Update(1, started: second * 1000,
            [
                new(RateLimitReason.MemTables, second * 1, second * 100, Target: 100, Spring: 50),
                new(RateLimitReason.CommitQueue, second * 75, second * 100, Target: 100, Spring: 50),
            ]);
        }

        // A quarter of what arrives there leaves, and the queue is ten times over the spring, or more.
        Assert.Equal(RateLimitReason.CommitQueue, limits.Reason);
        Assert.InRange(limits.Default, 20, 30);
        Assert.Equal(RateLimitReason.CommitQueue, limits.BatchReason);
    }
}
