using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>Which folder a path leads to, whatever way it goes: its disk and its number there.</summary>
/// <param name="Device">The disk.</param>
/// <param name="Number">The folder's number (inode) on it.</param>
/// <param name="Path">The full path, where the system has no numbers.</param>
internal readonly record struct FolderIdentity(ulong Device, ulong Number, string? Path)
{
    // Of struct statx, as the headers of Linux lay it out.
    private const int StatSize = 256;
    private const int NumberOffset = 32;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;

    /// <summary>The identity of an existing folder, or null if there is none.</summary>
    public static FolderIdentity? Of(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        if (!LinuxCalls.IsSupported)
            return new DiskFileSystem().DirectoryExists(path) ? new FolderIdentity(0, 0, path) : null;
        Span<byte> stat = stackalloc byte[StatSize];
        if (LinuxCalls.TryStat(path, stat) < 0)
            return null;
        var major = BinaryPrimitives.ReadUInt32LittleEndian(stat[DeviceMajorOffset..]);
        var minor = BinaryPrimitives.ReadUInt32LittleEndian(stat[DeviceMinorOffset..]);
        return new FolderIdentity(
            ((ulong)major << 32) | minor, BinaryPrimitives.ReadUInt64LittleEndian(stat[NumberOffset..]), Path: null);
    }
}
