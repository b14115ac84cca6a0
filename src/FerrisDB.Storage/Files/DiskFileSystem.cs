using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable RS0030 // Files/ is where the operating system is called.

namespace FerrisDB.Storage;

/// <summary>The disk of the operating system.</summary>
/// <remarks>
/// Proven on 64-bit Linux. Elsewhere it does what .NET can do, which is untested: no mapping, no links, no syncing of
/// folders, and locks as .NET has them.
/// </remarks>
internal sealed class DiskFileSystem : IFileSystem
{
    public IFile Create(string path)
    {
        const int Flags = LinuxCalls.OpenReadWrite | LinuxCalls.OpenCreate | LinuxCalls.OpenTruncate;
        var handle = LinuxCalls.IsSupported
            ? LinuxCalls.TryOpen(path, Flags) ?? throw DiskErrors.FromLastCall("create", path)
            : OpenPortably("create", path, FileMode.Create, FileAccess.ReadWrite);
        return new DiskFile(path, handle, canWrite: true);
    }

    public IFile Open(string path, FileAccess access)
    {
        var canWrite = access != FileAccess.Read;
        var flags = canWrite ? LinuxCalls.OpenReadWrite : LinuxCalls.OpenReadOnly;
        var handle = LinuxCalls.IsSupported
            ? LinuxCalls.TryOpen(path, flags) ?? throw DiskErrors.FromLastCall("open", path)
            : OpenPortably("open", path, FileMode.Open, canWrite ? FileAccess.ReadWrite : FileAccess.Read);
        return new DiskFile(path, handle, canWrite);
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public IReadOnlyList<string> List(string directory) =>
        Portably("list", directory, static path => (IReadOnlyList<string>)
            [.. Directory.EnumerateFiles(path).Select(static file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal)]);

    public void CreateDirectory(string path) => Portably("create folder", path, Directory.CreateDirectory);

    public void Rename(string from, string to)
    {
        if (!LinuxCalls.IsSupported)
            Portably("rename", from, path => MovePortably(path, to));
        else if (LinuxCalls.Rename(from, to) != 0)
            throw DiskErrors.FromLastCall($"rename to {to}", from);
    }

    public void Delete(string path)
    {
        if (!LinuxCalls.IsSupported)
            Portably("delete", path, DeletePortably);
        else if (LinuxCalls.Unlink(path) != 0)
            throw DiskErrors.FromLastCall("delete", path);
    }

    public bool TryLink(string existing, string link)
    {
        if (!LinuxCalls.IsSupported)
            return false;
        if (LinuxCalls.Link(existing, link) == 0)
            return true;
        // Some file systems have no hard links, none has them across disks, and some systems allow them to owners only.
        return Marshal.GetLastPInvokeError() is LinuxCalls.ErrorNotSupported or LinuxCalls.ErrorNotPermitted
            or LinuxCalls.ErrorOtherDisk or LinuxCalls.ErrorTooManyLinks
            ? false
            : throw DiskErrors.FromLastCall($"link as {link}", existing);
    }

    public FileStamp? StampOf(string path) => LinuxCalls.IsSupported ? FileStamp.OfDisk(path) : null;

    public ValueTask SyncDirectoryAsync(string path)
    {
        if (LinuxCalls.IsSupported)
        {
            const int Flags = LinuxCalls.OpenReadOnly | LinuxCalls.OpenDirectory;
            using var handle = LinuxCalls.TryOpen(path, Flags) ?? throw DiskErrors.FromLastCall("sync folder", path);
            DiskErrors.Call("sync folder", path, handle, LinuxCalls.Sync);
        }

        return ValueTask.CompletedTask;
    }

    public IDisposable Lock(string path, bool exclusive) =>
        LinuxCalls.IsSupported ? DiskLock.Acquire(path, exclusive) : LockPortably(path, exclusive);

    public long AvailableBytes(string path)
    {
        if (!LinuxCalls.IsSupported)
            return Portably("measure", path, static path => new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace);
        if (LinuxCalls.StatFileSystem(path, out var status) != 0)
            throw DiskErrors.FromLastCall("measure the disk of", path);
        return status.AvailableBlocks * status.BlockSizeBytes;
    }

    private static SafeFileHandle OpenPortably(string operation, string path, FileMode mode, FileAccess access) =>
        Portably(operation, path, path =>
            File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete));

    private static bool MovePortably(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        return true;
    }

    private static bool DeletePortably(string path)
    {
        // Deleting what does not exist is no error to .NET, but it is one to us.
        _ = File.GetAttributes(path);
        File.Delete(path);
        return true;
    }

    private static SafeFileHandle LockPortably(string path, bool exclusive)
    {
        try
        {
            return exclusive
                ? File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
                : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw FileErrors.NotFound("lock", path, exception);
        }
        catch (IOException)
        {
            throw FileErrors.Locked(path, processId: null);
        }
    }

    private static TResult Portably<TResult>(string operation, string path, Func<string, TResult> call)
    {
        try
        {
            return call(path);
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException(operation, path, exception);
        }
    }
}
