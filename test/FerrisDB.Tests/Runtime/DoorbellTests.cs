using FerrisDB.Storage;

namespace FerrisDB.Tests.Runtime;

public sealed class DoorbellTests
{
    private const int Turns = 20_000;

    // Each thread sleeps until it is its turn, takes it and rings for the other: one ring that is lost, and both sleep
    // for good.
    [Fact]
    public async Task No_ring_is_lost_between_threads_that_take_turns()
    {
        var bells = new Doorbell?[2];
        using var areThere = new Barrier(2);
        var turn = 0;
        await Task.WhenAll(OnThread(0), OnThread(1));
        Assert.Equal(2 * Turns, turn);

        Task OnThread(int self) => Task.Factory.StartNew(
            () => TakeTurns(self), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        void TakeTurns(int self)
        {
            var bell = bells[self] = Doorbell.OfThisThread;
            areThere.SignalAndWait();
            for (var number = 0; number < Turns; number++)
            {
                while (true)
                {
                    var rings = bell.Rings;
                    if (Volatile.Read(ref turn) % 2 == self)
                        break;
                    bell.SleepUnlessRungSince(rings);
                }
                Interlocked.Increment(ref turn);
                bells[1 - self]!.Ring();
            }
        }
    }

    [Fact]
    public void A_ring_before_the_sleep_keeps_the_thread_awake()
    {
        var bell = Doorbell.OfThisThread;
        var rings = bell.Rings;
        bell.Ring();
        bell.SleepUnlessRungSince(rings);
        Assert.Equal(rings + 1, bell.Rings);
        Assert.Same(bell, Doorbell.OfThisThread);
    }
}
