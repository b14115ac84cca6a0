using FerrisDB.Native;

namespace FerrisDB.Tests.Native;

/// <summary>A future's states and its memory, without the C around it.</summary>
public sealed class FutureTests
{
    private const int Released = 1102;

    [Fact]
    public void It_becomes_ready_once()
    {
        var future = new Future();
        Assert.Equal((int)ErrorCode.FutureNotSet, future.Error);

        future.Complete(FutureResult.OfNumber(1));
        future.Complete(FutureResult.OfNumber(2));
        future.Fail((int)ErrorCode.IoError);

        Assert.Equal(0, future.Error);
        Assert.Equal(0, future.Take(FutureKind.Number, out var result));
        Assert.Equal(1, result.Number);
    }

    [Fact]
    public void To_cancel_it_tells_whoever_works_for_it_and_then_results_come_too_late()
    {
        var future = new Future();
        var told = 0;
        future.OnCancel(() => told++);

        future.Cancel();
        future.Cancel();
        future.Complete(FutureResult.OfValue([1, 2, 3]));

        Assert.Equal(1, told);
        Assert.Equal((int)ErrorCode.OperationCancelled, future.Error);
    }

    [Fact]
    public void To_cancel_a_ready_one_changes_nothing()
    {
        var future = new Future();
        var told = 0;
        future.OnCancel(() => told++);
        future.Complete(FutureResult.Nothing);

        future.Cancel();

        Assert.Equal(0, told);
        Assert.Equal(0, future.Error);
    }

    [Fact]
    public void Memory_goes_with_the_last_getters_release()
    {
        var future = Ready(FutureResult.OfValue([1, 2, 3]));
        future.Take(FutureKind.Value, out _);
        future.Take(FutureKind.Value, out _);

        future.Release();
        Assert.Equal(0, future.Error);
        future.Release();

        Assert.Equal(Released, future.Error);
        Assert.Equal(Released, future.Take(FutureKind.Value, out _));
    }

    [Fact]
    public void A_release_without_a_getter_does_nothing()
    {
        var future = Ready(FutureResult.OfValue([1]));

        future.Release();

        Assert.Equal(0, future.Take(FutureKind.Value, out _));
        future.Destroy();
    }

    [Fact]
    public void A_getter_of_another_kind_gets_nothing()
    {
        var future = Ready(FutureResult.OfNumber(1));

        Assert.Equal((int)ErrorCode.ClientInvalidOperation, future.Take(FutureKind.Key, out _));
    }

    // It becomes ready before, while and after they begin to wait; who was forgotten would never end.
    [Fact]
    public void Whoever_waits_goes_on_when_it_is_ready()
    {
        SharedSemaphores.Use();
        for (var round = 0; round < 200; round++)
        {
            var future = new Future();
            var waiters = Enumerable.Range(0, 3).Select(_ => new Thread(future.Wait)).ToList();
            waiters.ForEach(waiter => waiter.Start());

            future.Fail((int)ErrorCode.NotCommitted);
            waiters.ForEach(waiter => waiter.Join());

            Assert.Equal((int)ErrorCode.NotCommitted, future.Error);
        }
    }

    private static Future Ready(FutureResult result)
    {
        var future = new Future();
        future.Begin(result);
        return future;
    }
}
