using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

/// <summary>Waits for engines whose background work runs only when the test says so: by running it.</summary>
internal static class HandDriven
{
    // Continuations may need a thread of the pool, and tests beside this one may have all of them for seconds; nothing
    // needs one for as long as this.
    private const int IdleRoundsMax = 400_000_000;

    public static T Finish<T>(ValueTask<T> work, ManualScheduler scheduler)
    {
        Drive(() => work.IsCompleted, scheduler);
        return work.GetAwaiter().GetResult();
    }

    public static void Finish(ValueTask work, ManualScheduler scheduler)
    {
        Drive(() => work.IsCompleted, scheduler);
        work.GetAwaiter().GetResult();
    }

    public static void RunUntil(ManualScheduler scheduler, Func<bool> isTrue) => Drive(isTrue, scheduler);

    private static void Drive(Func<bool> isCompleted, ManualScheduler scheduler)
    {
        for (var idleRounds = 0; !isCompleted();)
        {
            if (scheduler.RunOneStep())
                continue;
            if (++idleRounds == IdleRoundsMax)
            {
                Assert.Fail(
                    "The work waits for something that will never come; for a thread of the pool wait "
                    + $"{ThreadPool.PendingWorkItemCount} items.");
            }
            Thread.Yield();
        }
    }
}
