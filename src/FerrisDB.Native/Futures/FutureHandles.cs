namespace FerrisDB.Native;

/// <summary>Futures for what a call of the database returns. Those at hand are ready at once.</summary>
internal static class FutureHandles
{
    public static nint Ready(in FutureResult result) => SpareFutures.OfThread.Ready(result);

    public static nint Failed(int error) => SpareFutures.OfThread.Failed(error);

    public static nint Failed(ErrorCode error) => Failed((int)error);

    public static nint Failed(Exception failure) => Failed(NativeErrors.CodeOf(failure));

    /// <summary>A future that nobody completes: for what never happens in process.</summary>
    public static nint Never() => Add(new Future());

    public static nint From<T>(ValueTask<T> task, Func<T, FutureResult> convert)
    {
        if (task.IsCompletedSuccessfully)
            return Ready(convert(task.Result));
        if (task.IsFaulted)
            return Failed(task.AsTask().Exception!.InnerException!);
        var future = new Future();
        var handle = Add(future);
        _ = CompleteAsync(future, task, convert);
        return handle;
    }

    /// <summary>A future of a task; <paramref name="ready"/> ends when the future is ready, and never fails.</summary>
    public static nint From<T>(Task<T> task, Func<T, FutureResult> convert, out Task ready)
    {
        var future = new Future();
        var handle = Add(future);
        ready = CompleteAsync(future, new ValueTask<T>(task), convert);
        return handle;
    }

    public static nint From(ValueTask task)
    {
        if (task.IsCompletedSuccessfully)
            return Ready(FutureResult.Nothing);
        if (task.IsFaulted)
            return Failed(task.AsTask().Exception!.InnerException!);
        var future = new Future();
        var handle = Add(future);
        _ = CompleteAsync(future, task);
        return handle;
    }

    /// <summary>A future of something that can be cancelled.</summary>
    public static nint From(Task task, CancellationTokenSource cancellation)
    {
        if (task.IsFaulted)
            return Failed(task.Exception.InnerException!);
        var future = new Future();
        var handle = Add(future);
        future.OnCancel(cancellation.Cancel);
        _ = CompleteAsync(future, new ValueTask(task));
        return handle;
    }

    /// <summary>The future of a value that is being read into memory.</summary>
    public static nint From(ValueTask<bool> reading, ValueWriter writer) =>
        From(ReadAsync(reading, writer), static result => result);

    private static async ValueTask<FutureResult> ReadAsync(ValueTask<bool> reading, ValueWriter writer)
    {
        try
        {
            return await reading ? FutureResult.OfValue(writer) : FutureResult.OfValue(default(byte[]));
        }
        finally
        {
            writer.Free();
        }
    }

    private static nint Add(Future future)
    {
        var handle = HandleTable.Add(future.Held());
        future.Handle = handle;
        return handle;
    }

    private static async Task CompleteAsync<T>(Future future, ValueTask<T> task, Func<T, FutureResult> convert)
    {
        try
        {
            future.Complete(convert(await task));
        }
        catch (Exception failure)
        {
            future.Fail(NativeErrors.CodeOf(failure));
        }
    }

    private static async Task CompleteAsync(Future future, ValueTask task)
    {
        try
        {
            await task;
        }
        catch (Exception failure)
        {
            future.Fail(NativeErrors.CodeOf(failure));
            return;
        }
        future.Complete(FutureResult.Nothing);
    }
}
