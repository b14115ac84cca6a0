using FerrisDB.Storage;

namespace FerrisDB.Tests.Runtime;

// Each test retires its own items and looks at those alone: other tests retire at the same time.
public sealed class EpochsTests
{
    [Fact]
    public void What_nobody_reads_is_reclaimed_by_the_next_collection()
    {
        var item = new CountedItem();

        Epochs.Retire(item);
        CollectUntilReclaimed(item);

        Assert.Equal(1, item.Reclaimed);
    }

    [Fact]
    public void A_reader_that_entered_before_the_retirement_holds_the_item()
    {
        var item = new CountedItem();

        using (Epochs.Enter())
        {
            Epochs.Retire(item);
            Epochs.Collect();
            Assert.Equal(0, item.Reclaimed);
        }

        CollectUntilReclaimed(item);
        Assert.Equal(1, item.Reclaimed);
    }

    [Fact]
    public void Only_the_outermost_guard_leaves()
    {
        var item = new CountedItem();

        using (Epochs.Enter())
        {
            using (Epochs.Enter())
                Epochs.Retire(item);
            Epochs.Collect();
            Assert.Equal(0, item.Reclaimed);
        }

        CollectUntilReclaimed(item);
    }

    [Fact]
    public void A_reader_that_entered_after_the_retirement_does_not_hold_the_item()
    {
        var item = new CountedItem();
        Epochs.Retire(item);

        // A reader enters in the epoch of the retirement until some collection has moved the clock on, which may be
        // that of another thread. So this one comes back, but the item goes while it is inside.
        for (var attempt = 0; attempt < 1_000_000 && item.Reclaimed == 0; attempt++)
        {
            using (Epochs.Enter())
                Epochs.Collect();
            Thread.Yield();
        }

        Assert.Equal(1, item.Reclaimed);
    }

    [Fact]
    public void Reclaiming_may_retire_more()
    {
        var second = new CountedItem();
        var first = new CountedItem { OnReclaim = () => Epochs.Retire(second) };

        Epochs.Retire(first);
        CollectUntilReclaimed(second);

        Assert.Equal(1, first.Reclaimed);
        Assert.Equal(1, second.Reclaimed);
    }

    [Fact]
    public void Many_retirements_collect_by_themselves_and_limbo_stays_small()
    {
        var items = new List<CountedItem>();
        // A reader of another test may be inside for as long as the machine lets it wait.
        for (var round = 0; round < 1000 && items.Count(item => item.Reclaimed == 1) < 5_000; round++)
        {
            items.AddRange(Enumerable.Range(0, 10_000).Select(_ => new CountedItem()));
            foreach (var item in items.TakeLast(10_000))
                Epochs.Retire(item);
            Thread.Yield();
        }

        Assert.InRange(items.Count(item => item.Reclaimed == 1), 5_000, items.Count);
        Assert.All(items, item => Assert.InRange(item.Reclaimed, 0, 1));
    }

    [Fact]
    public void A_thread_that_died_holds_nothing()
    {
        var item = new CountedItem();
        for (var round = 0; round < 20; round++)
        {
            var reader = new Thread(() => Epochs.Enter().Dispose());
            reader.Start();
            reader.Join();
        }

        Epochs.Retire(item);
        CollectUntilReclaimed(item);

        Assert.Equal(1, item.Reclaimed);
    }

    [Fact]
    public void No_item_is_reclaimed_while_a_reader_uses_it()
    {
        var damage = new EpochStress().Run(rounds: 20_000);
        Assert.Equal(0, damage);
    }

    private static void CollectUntilReclaimed(CountedItem item)
    {
        for (var attempt = 0; attempt < 1_000_000 && item.Reclaimed == 0; attempt++)
        {
            Epochs.Collect();
            Thread.Yield(); // a reader of another test may be inside
        }
        Assert.NotEqual(0, item.Reclaimed);
    }

    private sealed class CountedItem : IRetirable
    {
        private int _reclaimed;

        public Action? OnReclaim { get; init; }

        public int Reclaimed => Volatile.Read(ref _reclaimed);

        public void Reclaim()
        {
            OnReclaim?.Invoke();
            Interlocked.Increment(ref _reclaimed);
        }
    }
}
