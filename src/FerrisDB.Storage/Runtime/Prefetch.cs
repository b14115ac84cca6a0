using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FerrisDB.Storage;

/// <summary>
/// Asks the processor for cache lines that will be needed soon: misses that overlap cost as much as one.
/// </summary>
internal static unsafe class Prefetch
{
    public const int LineSize = 64;

    /// <summary>Asks for the line of an address, which may be anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Asks for that many lines from an address on, in steps of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines(byte* address, [ConstantExpected] int count)
    {
        if (!Sse.IsSupported)
            return;
        for (var end = address + (count * LineSize); address < end; address += 2 * LineSize)
        {
            Sse.Prefetch0(address);
            Sse.Prefetch0(address + LineSize);
        }
    }
}
