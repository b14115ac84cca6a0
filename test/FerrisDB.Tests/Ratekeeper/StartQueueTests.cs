using FerrisDB.Transactions;

namespace FerrisDB.Tests.Ratekeeper;

/// <summary>Who may start, and in which order.</summary>
public sealed class StartQueueTests
{
    private readonly List<string> _told = [];

    [Fact]
    public void Without_a_limit_everybody_starts_at_once_and_is_counted()
    {
        var queue = new StartQueue();

        Assert.True(queue.TryStart(TransactionPriority.Default, 3));
        Assert.True(queue.TryStart(TransactionPriority.Batch, 1));

        Assert.Equal((true, 4), (queue.IsFree, queue.Started));
    }

    [Fact]
    public void Under_a_limit_they_start_in_order_as_time_passes()
    {
        var queue = Limited(perSecond: 100);
        Ask(queue, "a");
        Ask(queue, "b");
        Ask(queue, "c");

        queue.Release(0.01);
        Assert.Equal(["a"], _told);
        queue.Release(0.02);

        Assert.Equal(["a", "b", "c"], _told);
        Assert.Equal((0, 0), queue.Waiting);
    }

    [Fact]
    public void A_limit_that_begins_holds_from_the_first_one_on()
    {
        var queue = new StartQueue();
        queue.Release(1);

        queue.Limit(new RateLimits(0, 0, RateLimitReason.CommitQueue, RateLimitReason.CommitQueue));

        Assert.False(queue.TryStart(TransactionPriority.Default, 1));
    }

    [Fact]
    public void A_large_group_starts_together_and_those_behind_it_pay()
    {
        var queue = Limited(perSecond: 100);
        Ask(queue, "many", count: 10);
        Ask(queue, "one");

        queue.Release(0.01);
        queue.Release(0.05);
        Assert.Equal(["many"], _told);
        queue.Release(0.05);

        Assert.Equal(["many", "one"], _told);
    }

    [Fact]
    public void Immediate_priority_waits_for_nothing()
    {
        var queue = Limited(perSecond: 10);

        Assert.True(queue.TryStart(TransactionPriority.Immediate, 1));
        Assert.False(queue.TryStart(TransactionPriority.Default, 1));
    }

    [Fact]
    public void Batch_priority_waits_for_all_others()
    {
        var queue = Limited(perSecond: 100);
        Ask(queue, "batch", TransactionPriority.Batch);
        Ask(queue, "default");
        Assert.False(queue.TryStart(TransactionPriority.Batch, 1));

        queue.Release(0.01);
        Assert.Equal(["default"], _told);
        queue.Release(0.01);

        Assert.Equal(["default", "batch"], _told);
    }

    [Fact]
    public void Where_nothing_is_left_for_batch_priority_it_is_told_so()
    {
        var queue = new StartQueue();
        queue.Limit(new RateLimits(100, 0, RateLimitReason.CommitQueue, RateLimitReason.CommitQueue));

        Ask(queue, "batch", TransactionPriority.Batch);

        Assert.Equal(["batch: BatchTransactionThrottled"], _told);
    }

    [Fact]
    public void When_too_many_wait_batch_priority_goes_first()
    {
        var queue = new StartQueue(waitingMax: 2);
        queue.Limit(new RateLimits(100, 100, RateLimitReason.CommitQueue, RateLimitReason.CommitQueue));
        Ask(queue, "batch", TransactionPriority.Batch);
        Ask(queue, "one");
        Ask(queue, "two");
        Ask(queue, "three");

        Assert.Equal(["batch: GrvProxyMemoryLimitExceeded", "one: GrvProxyMemoryLimitExceeded"], _told);
    }

    [Fact]
    public void When_the_limit_is_gone_those_who_wait_start_before_those_who_come()
    {
        var queue = Limited(perSecond: 10);
        Ask(queue, "a");
        queue.Limit(RateLimits.None);
        Assert.False(queue.IsFree);

        queue.Release(0.001);

        Assert.Equal(["a"], _told);
        Assert.True(queue.IsFree);
    }

    [Fact]
    public void Who_has_waited_for_long_is_refused_and_may_ask_again()
    {
        var queue = Limited(perSecond: 0);
        Ask(queue, "a");
        queue.Release(StartQueue.WaitSecondsMax / 2);
        Ask(queue, "b");

        queue.Release(StartQueue.WaitSecondsMax / 2);

        Assert.Equal(["a: GrvProxyMemoryLimitExceeded"], _told);
        Assert.Equal((1, 0), queue.Waiting);
    }

    [Fact]
    public void A_closed_one_lets_go_who_waits_and_who_comes_without_an_answer()
    {
        var queue = Limited(perSecond: 10);
        Ask(queue, "a");

        queue.Close();
        Ask(queue, "b", TransactionPriority.Immediate);
        queue.Release(10);

        Assert.Equal(["a: nothing", "b: nothing"], _told);
    }

    private static StartQueue Limited(double perSecond)
    {
        var queue = new StartQueue();
        queue.Limit(new RateLimits(perSecond, perSecond, RateLimitReason.CommitQueue, RateLimitReason.CommitQueue));
        return queue;
    }

    private void Ask(
        StartQueue queue, string name, TransactionPriority priority = TransactionPriority.Default, int count = 1)
    {
        var who = new Told(_told, name);
        if (queue.TryStart(priority, count))
            who.Start();
        else
            queue.Wait(priority, count, who);
    }

    private sealed class Told(List<string> told, string name) : IStarting
    {
        public void Start() => told.Add(name);

        public void Refuse(FerrisException? error) => told.Add($"{name}: {error?.Code.ToString() ?? "nothing"}");
    }
}
