using System.Buffers.Binary;
using System.Globalization;

namespace FerrisDB.Storage;

/// <summary>
/// Tells whether a file that others write, replace or link to is still the one that was read: two equal ones mean the
/// same bytes, unless somebody has set the clock back.
/// </summary>
/// <param name="Stamp">Which file, and when it was last written to, which its writer may set.</param>
/// <param name="ChangedNs">When anything of it changed, in nanoseconds since 1970, which nobody may set.</param>
/// <param name="SizeBytes">Its size.</param>
internal readonly record struct FileVersion(FileStamp Stamp, long ChangedNs, long SizeBytes)
{
    // Of struct statx, as FileStamp.
    private const int SizeOffset = 40;
    private const int ChangedOffset = 96;

    /// <summary>Of the file that a path leads to, links followed; null if there is none, or this is no Linux.</summary>
    public static FileVersion? OfDisk(string path)
    {
        Span<byte> stat = stackalloc byte[FileStamp.StatSize];
        if (!LinuxCalls.IsSupported || LinuxCalls.TryStat(path, stat) < 0)
            return null;
        return new FileVersion(
            FileStamp.Read(stat), FileStamp.TimeNs(stat[ChangedOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(stat[SizeOffset..]));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Stamp}:{ChangedNs}:{SizeBytes}");
}
