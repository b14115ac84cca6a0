using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FerrisDB.Bench;

/// <summary>The system calls that .NET has no name for.</summary>
internal static partial class SystemCalls
{
    private const int KillSignal = 9;

    /// <summary>fdatasync. Returns 0, or -1 with the error set.</summary>
    public static int SyncData(SafeFileHandle file) => fdatasync(file);

    /// <summary>Ends this process as a kill -9 from outside would: nothing is flushed, no handler runs.</summary>
    public static void KillThisProcess() => kill(Environment.ProcessId, KillSignal);

    /// <summary>Waits until everything written to the file system of this file is on the disk.</summary>
    public static void SyncFileSystem(SafeFileHandle file)
    {
        if (syncfs(file) != 0)
            throw new IOException($"syncfs failed with errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);
}
