using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FerrisDB.Native;

namespace FerrisDB.Tests.Native;

/// <summary>What shim.c does for threads that wait, where there is no shim.c.</summary>
internal static unsafe class SharedSemaphores
{
    private static readonly ConcurrentDictionary<nint, SemaphoreSlim> ByThread = new();

    public static void Use() => Waiting.Use(
        (nint)(delegate* unmanaged[Cdecl]<nint>)&Current, (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Wait,
        (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Wake);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Current()
    {
        nint thread = Environment.CurrentManagedThreadId;
        ByThread.GetOrAdd(thread, static _ => new SemaphoreSlim(0));
        return thread;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Wait(nint thread) => ByThread[thread].Wait();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Wake(nint thread) => ByThread[thread].Release();
}
