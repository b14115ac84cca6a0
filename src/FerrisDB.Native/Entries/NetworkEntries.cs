using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>Errors, and the network. What comes before the network is in shim.c.</summary>
internal static class NetworkEntries
{
    private const int PoolThreadsMin = 4;

    [UnmanagedCallersOnly(EntryPoint = "fdb_get_error", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetError(int code) => ErrorTexts.Of(code);

    [UnmanagedCallersOnly(EntryPoint = "fdb_error_predicate", CallConvs = [typeof(CallConvCdecl)])]
    public static int ErrorPredicate(int predicate, int code) =>
        ErrorPredicates.Test(predicate, (ErrorCode)code) ? 1 : 0;

    /// <summary>Called by shim.c with what a program has set, before the network or later.</summary>
    [UnmanagedCallersOnly(EntryPoint = "ferrisdb_set_tls_option", CallConvs = [typeof(CallConvCdecl)])]
    public static unsafe int SetTlsOption(int code, byte* text, int length) =>
        NetworkTls.Set(code, new ReadOnlySpan<byte>(text, length));

    /// <summary>Called by shim.c, which has checked the versions.</summary>
    [UnmanagedCallersOnly(EntryPoint = "ferrisdb_setup_network", CallConvs = [typeof(CallConvCdecl)])]
    public static int SetUpNetwork(int runtimeVersion, int headerVersion, nint current, nint wait, nint wake)
    {
        Waiting.Use(current, wait, wake);
        ApiVersion.Select(runtimeVersion, headerVersion);
        // A commit that waits for the disk holds a thread; the next ones need another to join it.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreadsMin), completions);
        return NetworkThread.SetUp();
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_run_network", CallConvs = [typeof(CallConvCdecl)])]
    public static int RunNetwork()
    {
        try
        {
            return NetworkThread.Run();
        }
        catch (Exception failure)
        {
            return NativeErrors.CodeOf(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "fdb_stop_network", CallConvs = [typeof(CallConvCdecl)])]
    public static int StopNetwork() => NetworkThread.Stop();

    [UnmanagedCallersOnly(
        EntryPoint = "fdb_add_network_thread_completion_hook", CallConvs = [typeof(CallConvCdecl)])]
    public static int AddNetworkThreadCompletionHook(nint hook, nint argument) =>
        hook == 0 ? (int)ErrorCode.ClientInvalidOperation : NetworkThread.AddHook(hook, argument);
}
