using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>What a program does with a future, whatever it is a future of.</summary>
/// <remarks>A handle that is no future any more behaves as a cancelled one.</remarks>
internal static class FutureEntries
{
    // Before this version get_error told the text as well.
    private const int HeaderWithoutTexts = 23;

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void Destroy(nint handle)
    {
        if (HandleTable.FindFuture(handle) is { } future && !SpareFutures.OfThread.TryKeep(handle, future))
            HandleTable.Remove<Future>(handle)?.Destroy();
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_cancel", CallConvs = [typeof(CallConvCdecl)])]
    public static void Cancel(nint handle) => HandleTable.FindFuture(handle)?.Cancel();

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_release_memory", CallConvs = [typeof(CallConvCdecl)])]
    public static void ReleaseMemory(nint handle) => HandleTable.FindFuture(handle)?.Release();

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_block_until_ready", CallConvs = [typeof(CallConvCdecl)])]
    public static int BlockUntilReady(nint handle)
    {
        var future = HandleTable.FindFuture(handle);
        if (future is null)
            return (int)ErrorCode.OperationCancelled;
        if (future.IsReady)
            return 0;
        if (NetworkThread.IsCurrent)
            return NativeErrors.BlockedFromNetworkThread;
        future.Wait();
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_is_ready", CallConvs = [typeof(CallConvCdecl)])]
    public static int IsReady(nint handle) => HandleTable.FindFuture(handle) is { IsReady: false } ? 0 : 1;

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_is_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int IsError(nint handle) =>
        HandleTable.FindFuture(handle) is { } future && (!future.IsReady || future.Error == 0) ? 0 : 1;

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_set_callback", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetCallback(nint handle, nint callback, nint argument)
    {
        if (callback == 0)
            return (int)ErrorCode.ClientInvalidOperation;
        if (HandleTable.FindFuture(handle) is not { } future)
            return (int)ErrorCode.OperationCancelled;
        future.AddCallback(callback, argument);
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_future_get_error", CallConvs = [typeof(CallConvCdecl)])]
    public static unsafe int GetError(nint handle, nint* description)
    {
        var error = HandleTable.FindFuture(handle)?.Error ?? (int)ErrorCode.OperationCancelled;
        // Programs of later headers pass one argument: the other one is whatever was in that register.
        if (ApiVersion.Header < HeaderWithoutTexts && description != null)
            *description = ErrorTexts.Of(error);
        return error;
    }
}
