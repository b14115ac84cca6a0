using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FerrisDB.Storage;

/// <summary>The system calls of 64-bit Linux that .NET does not offer; constants are those of its headers.</summary>
/// <remarks>All return -1 on failure and leave the reason in <see cref="Marshal.GetLastPInvokeError"/>.</remarks>
internal static unsafe partial class LinuxCalls
{
    public const int ErrorNotPermitted = 1;
    public const int ErrorNotFound = 2;
    public const int ErrorInterrupted = 4;
    public const int ErrorTryAgain = 11;
    public const int ErrorAccess = 13;
    public const int ErrorOtherDisk = 18;
    public const int ErrorNoSpace = 28;
    public const int ErrorTooManyLinks = 31;
    public const int ErrorNotSupported = 95;
    public const int ErrorQuota = 122;

    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenTruncate = 0x200;
    public const int OpenDirectory = 0x10000;

    public const int ProtectRead = 1;
    public const int ProtectWrite = 2;
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapAnonymous = 0x20;
    public static readonly nint MapFailed = -1;

    public const int SetOpenFileLock = 37;

    public const uint SyncRangeBegin = 2;

    private const int OpenCloseOnExec = 0x80000;
    private const int OwnerWritesAllRead = 0b110_100_100;
    private const int FutexCall = 202;
    private const string Libc = "libc";

    /// <summary>False elsewhere: the portable calls of .NET are used instead, which is untested.</summary>
    public static readonly bool IsSupported =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Opens a file so that no child process inherits it; null on failure.</summary>
    public static SafeFileHandle? TryOpen(string path, int flags)
    {
        while (true)
        {
            var descriptor = Open(path, flags | OpenCloseOnExec, OwnerWritesAllRead);
            if (descriptor >= 0)
                return new SafeFileHandle(descriptor, ownsHandle: true);
            if (Marshal.GetLastPInvokeError() != ErrorInterrupted)
                return null;
        }
    }

    /// <summary>
    /// Lets all other threads go first. .NET has no effect on priorities here, and elsewhere this has none.
    /// </summary>
    public static void LowerPriorityOfThisThread()
    {
        const int ThisThread = 0;
        const int Niceness = 10;
        if (IsSupported)
            _ = SetPriority(which: 0, ThisThread, Niceness);
    }

    /// <summary>Gives unused pages of the C library's heaps back; not every C library has it.</summary>
    /// <exception cref="EntryPointNotFoundException">This one has not.</exception>
    public static void TrimHeaps() => _ = MallocTrim(kept: 0);

    /// <summary>
    /// Sleeps until another thread wakes who sleeps at the address, if the value is still there. May return early.
    /// </summary>
    public static void SleepWhile(int* address, int value)
    {
        const int WaitInThisProcess = 128;
        _ = Futex(FutexCall, address, WaitInThisProcess, value, timeout: 0);
    }

    /// <summary>Wakes one thread that sleeps at the address, if any does.</summary>
    public static void WakeOne(int* address)
    {
        const int WakeInThisProcess = 129;
        _ = Futex(FutexCall, address, WakeInThisProcess, value: 1, timeout: 0);
    }

    /// <summary>Fills a <c>struct statx</c> of 256 bytes with the basic facts about a path, links followed.</summary>
    public static int TryStat(string path, Span<byte> stat)
    {
        const int CurrentFolder = -100;
        const uint BasicFacts = 0x7ff;
        fixed (byte* start = stat)
            return Statx(CurrentFolder, path, flags: 0, BasicFacts, start);
    }

    [LibraryImport(Libc, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* stat);

    // The library has no function for it, but one for all calls that it has no function for.
    [LibraryImport(Libc, EntryPoint = "syscall")]
    private static partial nint Futex(nint number, int* address, nint operation, nint value, nint timeout);

    [LibraryImport(Libc, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(SafeFileHandle file);

    [LibraryImport(Libc, EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport(Libc, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport(Libc, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Libc, EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Rename(string from, string to);

    [LibraryImport(Libc, EntryPoint = "unlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Unlink(string path);

    [LibraryImport(Libc, EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Link(string existing, string link);

    [LibraryImport(Libc, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(
        nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport(Libc, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint MapMemory(
        nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport(Libc, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport(Libc, EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int StatFileSystem(string path, out FileSystemStatus status);

    [LibraryImport(Libc, EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int StatFileSystem(SafeFileHandle file, out FileSystemStatus status);

    [LibraryImport(Libc, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, int command, ref FileLock fileLock);

    [LibraryImport(Libc, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint kept);

    [LibraryImport(Libc, EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);

    /// <summary>struct statfs: the fields that we read, in 120 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    public struct FileSystemStatus
    {
        [FieldOffset(0)]
        public long Type;

        [FieldOffset(8)]
        public long BlockSizeBytes;

        [FieldOffset(32)]
        public long AvailableBlocks;
    }

    /// <summary>struct flock: the fields that we set, in 32 bytes; from offset 0 to the end of the file.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    public struct FileLock
    {
        public const short Shared = 0;
        public const short Exclusive = 1;
        public const short Unlocked = 2;

        [FieldOffset(0)]
        public short Kind;
    }
}
