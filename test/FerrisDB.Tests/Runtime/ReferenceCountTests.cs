using FerrisDB.Storage;

namespace FerrisDB.Tests.Runtime;

public sealed class ReferenceCountTests
{
    private ReferenceCount _references = new();

    [Fact]
    public void The_last_reference_is_told_and_nobody_gets_one_after_it()
    {
        Assert.True(_references.TryAcquire());
        Assert.Equal(2, _references.Value);

        Assert.False(_references.Release());
        Assert.True(_references.Release());

        Assert.False(_references.TryAcquire());
        Assert.Equal(0, _references.Value);
    }

    [Fact]
    public void Threads_that_take_and_give_back_at_once_see_exactly_one_last()
    {
        const int threads = 4;
        const int turns = 20_000;
        var lasts = 0;

        Parallel.For(0, threads + 1, new ParallelOptions { MaxDegreeOfParallelism = threads + 1 }, thread =>
        {
            // One of them gives back the reference that was there from the beginning, amid the others.
            for (var turn = 0; turn < turns; turn++)
            {
                if (thread == threads ? turn == turns / 2 : _references.TryAcquire())
                    Interlocked.Add(ref lasts, _references.Release() ? 1 : 0);
            }
        });

        Assert.Equal(1, lasts);
        Assert.Equal(0, _references.Value);
    }
}
