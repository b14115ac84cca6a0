using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>
/// Native memory of any size: pieces of 128 KiB and more are pages of their own, which the system has back at once when
/// they are freed.
/// </summary>
/// <remarks>
/// The C library's allocator would cut them out of one heap, beside whatever else is allocated then. Filters, indexes
/// and buffers of compactions come and go in no order, and a heap does not shrink while anything behind a hole is in
/// use: after ten minutes of writing to 20 million entries two of them held 88 MB, and without them the process takes
/// 77 MB less. Thread-safe.
/// </remarks>
internal static unsafe class PageMemory
{
    /// <summary>From how many bytes on a piece has pages of its own.</summary>
    public const int PiecesFrom = 128 << 10;

    private const int SmallestPage = 4 << 10;

    /// <summary>Memory with undefined content.</summary>
    /// <param name="bytes">At least 1.</param>
    /// <param name="alignment">A power of two.</param>
    /// <exception cref="InsufficientMemoryException">The system has none.</exception>
    public static byte* Allocate(long bytes, int alignment) =>
        HasPages(bytes) ? Map(bytes, alignment) : (byte*)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)alignment);

    /// <summary>Gives memory back; null is nothing.</summary>
    /// <param name="pointer">What was allocated.</param>
    /// <param name="bytes">As many as were asked for.</param>
    public static void Free(void* pointer, long bytes)
    {
        if (pointer == null)
            return;
        if (HasPages(bytes))
            Unmap((nint)pointer, bytes);
        else
            NativeMemory.AlignedFree(pointer);
    }

    /// <summary>
    /// Gives back what the C library's allocator keeps of freed memory, most of it of the runtime's compiler. Takes
    /// milliseconds.
    /// </summary>
    public static void GiveBackUnused()
    {
        if (!LinuxCalls.IsSupported)
            return;
        try
        {
            LinuxCalls.TrimHeaps();
        }
        catch (EntryPointNotFoundException)
        {
            // Only one of the C libraries has it, and this is a kindness.
        }
    }

    private static bool HasPages(long bytes) => bytes >= PiecesFrom && LinuxCalls.IsSupported;

    private static byte* Map(long bytes, int alignment)
    {
        // Pages begin where the system likes. For more than that, map enough to find such a place within, and give
        // back what is around it.
        var length = RoundUp(bytes, Environment.SystemPageSize);
        var spare = alignment > SmallestPage ? alignment : 0;
        var address = LinuxCalls.MapMemory(
            0,
            (nuint)(length + spare),
            LinuxCalls.ProtectRead | LinuxCalls.ProtectWrite,
            LinuxCalls.MapPrivate | LinuxCalls.MapAnonymous,
            -1,
            0);
        if (address == LinuxCalls.MapFailed)
            throw new InsufficientMemoryException($"The system has no {length + spare} bytes of memory left.");
        if (spare == 0)
            return (byte*)address;
        var aligned = (nint)RoundUp(address, alignment);
        if (aligned > address)
            Unmap(address, aligned - address);
        if (aligned < address + spare)
            Unmap(aligned + (nint)length, address + spare - aligned);
        return (byte*)aligned;
    }

    private static void Unmap(nint address, long bytes) =>
        Invariant.That(LinuxCalls.Unmap(address, (nuint)bytes) == 0);

    private static long RoundUp(long value, long unit) => (value + unit - 1) & -unit;
}
