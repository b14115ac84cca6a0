using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

#pragma warning disable RS0030 // Files/ is where the operating system is called.

namespace FerrisDB.Storage;

// The lock belongs to the open file, not to the process (F_OFD_SETLK): it keeps out other processes and other openers
// in this process alike, and it is gone when its owner dies, however it dies. What the file says therefore decides
// nothing; it only tells the loser whom to ask. A writer leaves its process id there and erases it when it unlocks.
// Readers need not be able to write, so they leave no name.

/// <summary>A lock on a file of the operating system, across processes and within this one.</summary>
internal sealed class DiskLock : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly bool _exclusive;

    private DiskLock(SafeFileHandle handle, bool exclusive)
    {
        _handle = handle;
        _exclusive = exclusive;
    }

    public static DiskLock Acquire(string path, bool exclusive)
    {
        var handle = Open(path, exclusive);
        var isLocked = false;
        try
        {
            if (!TryLock(handle, path, exclusive))
                throw FileErrors.Locked(path, ReadOwner(handle));
            isLocked = true;
        }
        finally
        {
            if (!isLocked)
                handle.Dispose();
        }

        if (exclusive)
            WriteOwner(handle, $"{Environment.ProcessId}\n");
        return new DiskLock(handle, exclusive);
    }

    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        if (_exclusive)
            WriteOwner(_handle, "");
        // A child that is being started may share the open file for a moment: closing alone would not unlock then.
        var unlock = new LinuxCalls.FileLock { Kind = LinuxCalls.FileLock.Unlocked };
        Invariant.That(LinuxCalls.Control(_handle, LinuxCalls.SetOpenFileLock, ref unlock) == 0);
        _handle.Dispose();
    }

    // Who only reads may not be allowed to write, and must be able to lock a file that is there all the same.
    private static SafeFileHandle Open(string path, bool exclusive)
    {
        const int CreateIfMissing = LinuxCalls.OpenReadWrite | LinuxCalls.OpenCreate;
        var existing = exclusive ? null : LinuxCalls.TryOpen(path, LinuxCalls.OpenReadOnly);
        return existing ?? LinuxCalls.TryOpen(path, CreateIfMissing) ?? throw DiskErrors.FromLastCall("lock", path);
    }

    private static bool TryLock(SafeFileHandle handle, string path, bool exclusive)
    {
        var kind = exclusive ? LinuxCalls.FileLock.Exclusive : LinuxCalls.FileLock.Shared;
        var request = new LinuxCalls.FileLock { Kind = kind };
        if (LinuxCalls.Control(handle, LinuxCalls.SetOpenFileLock, ref request) == 0)
            return true;
        if (Marshal.GetLastPInvokeError() is LinuxCalls.ErrorTryAgain or LinuxCalls.ErrorAccess)
            return false;
        throw DiskErrors.FromLastCall("lock", path);
    }

    // The name only informs: on a disk that is full, or fails, the folder is locked nevertheless.
    private static void WriteOwner(SafeFileHandle handle, string owner)
    {
        try
        {
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.ASCII.GetBytes(owner), 0);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>
    /// The process that the file names if it is still alive: one that was killed cannot have the lock.
    /// </summary>
    private static int? ReadOwner(SafeFileHandle handle)
    {
        Span<byte> text = stackalloc byte[16];
        var length = RandomAccess.Read(handle, text, 0);
        var end = text[..length].IndexOf((byte)'\n');
        return end > 0
            && int.TryParse(text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            && Directory.Exists($"/proc/{processId}")
            ? processId
            : null;
    }
}
