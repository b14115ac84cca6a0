using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FerrisDB.Storage;

/// <summary>
/// An open file of the operating system. Nothing is buffered here: a write is in the page cache when it returns.
/// </summary>
internal sealed class DiskFile(string path, SafeFileHandle handle, bool canWrite) : IFile
{
    // File systems whose written pages stay where they are, so that storing to a mapped page cannot run out of space:
    // copy-on-write (btrfs, zfs, overlay, bcachefs) and network ones can, and then kill the process by SIGBUS.
    private const long Ext = 0xEF53;
    private const long Xfs = 0x58465342;
    private const long Tmpfs = 0x01021994;

    public string Path => path;

    public long Length
    {
        get
        {
            try
            {
                return RandomAccess.GetLength(handle);
            }
            catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
            {
                throw DiskErrors.FromException("measure", path, exception);
            }
        }
    }

    public int Read(long offset, Span<byte> destination)
    {
        Invariant.That(offset >= 0);
        try
        {
            var total = 0;
            while (total < destination.Length)
            {
                var count = RandomAccess.Read(handle, destination[total..], offset + total);
                if (count == 0)
                    break;
                total += count;
            }

            return total;
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException("read", path, exception);
        }
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data)
    {
        Write(offset, data.Span);
        return ValueTask.CompletedTask;
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        Invariant.That(canWrite);
        Invariant.That(offset >= 0);
        try
        {
            // It repeats interrupted and short writes until all is written or the disk says why not.
            RandomAccess.Write(handle, data, offset);
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException("write", path, exception);
        }
    }

    public void BeginSync(long offset, long length)
    {
        // What fails here fails in the sync again: the file remembers.
        if (LinuxCalls.IsSupported)
            _ = LinuxCalls.SyncRange(handle, offset, length, LinuxCalls.SyncRangeBegin);
    }

    public ValueTask SyncAsync()
    {
        if (LinuxCalls.IsSupported)
        {
            DiskErrors.Call("sync", path, handle, LinuxCalls.SyncData);
            return ValueTask.CompletedTask;
        }

        try
        {
            RandomAccess.FlushToDisk(handle);
            return ValueTask.CompletedTask;
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException("sync", path, exception);
        }
    }

    public ValueTask SetLengthAsync(long length)
    {
        Invariant.That(canWrite);
        Invariant.That(length >= 0);
        var growth = length - Length;
        if (growth > 0 && LinuxCalls.IsSupported && TryReserve(length - growth, growth))
            return ValueTask.CompletedTask;
        try
        {
            RandomAccess.SetLength(handle, length);
            return ValueTask.CompletedTask;
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException("set the length of", path, exception);
        }
    }

    public IFileMapping? TryMap(long length)
    {
        Invariant.That(canWrite);
        Invariant.That(length > 0 && length <= Length);
        if (!LinuxCalls.IsSupported || !IsSafeToMap() || !IsReserved(length))
            return null;
        var address = LinuxCalls.Map(
            0, (nuint)length, LinuxCalls.ProtectRead | LinuxCalls.ProtectWrite, LinuxCalls.MapShared, handle, 0);
        return address == LinuxCalls.MapFailed ? null : new DiskMapping(address, length);
    }

    public void Dispose() => handle.Dispose();

    /// <summary>
    /// Reserves space on the disk and makes the file longer; false where that cannot be done beforehand.
    /// </summary>
    private bool TryReserve(long offset, long length)
    {
        while (LinuxCalls.Allocate(handle, mode: 0, offset, length) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case LinuxCalls.ErrorInterrupted:
                    continue;
                case LinuxCalls.ErrorNotSupported:
                    return false;
                default:
                    throw DiskErrors.FromLastCall("extend", path);
            }
        }

        return true;
    }

    private bool IsSafeToMap() =>
        LinuxCalls.StatFileSystem(handle, out var status) == 0 && (status.Type is Ext or Xfs or Tmpfs);

    // A hole among these bytes would be a page for which the disk has no room yet when it is written to.
    private bool IsReserved(long length)
    {
        try
        {
            return TryReserve(0, length);
        }
        catch (FerrisException)
        {
            return false;
        }
    }
}
