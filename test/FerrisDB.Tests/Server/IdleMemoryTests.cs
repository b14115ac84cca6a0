using System.Runtime.CompilerServices;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

public sealed class IdleMemoryTests
{
    [Fact]
    public void Memory_is_given_back_when_nothing_was_asked_and_then_less_and_less_often()
    {
        var activity = new RoleActivity(TimeProvider.System);
        var memory = new IdleMemory(activity);

        bool[] idle = [.. Enumerable.Range(0, 8).Select(_ => memory.Look())];
        activity.Add(new RoleCounts { Gets = 1 });
        bool[] used = [memory.Look(), memory.Look()];

        Assert.Equal([true, true, false, true, false, false, false, true], idle);
        Assert.Equal([false, true], used);
    }

    [Fact]
    public void What_nobody_holds_any_more_is_gone()
    {
        var memory = new IdleMemory(new RoleActivity(TimeProvider.System));
        var forgotten = Forget();

        memory.Look();

        Assert.False(forgotten.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forget() => new(new byte[100_000]);
}
