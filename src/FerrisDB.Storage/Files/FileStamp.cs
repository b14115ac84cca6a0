using System.Buffers.Binary;
using System.Globalization;

namespace FerrisDB.Storage;

/// <summary>
/// Tells a file that is never changed from every other one: two equal stamps mean the same bytes, without reading them.
/// </summary>
/// <param name="Device">The disk.</param>
/// <param name="Number">The file's number (inode) on it, which another file may get when this one is gone.</param>
/// <param name="ModifiedNs">When it was last written to, in nanoseconds since 1970: the other file has another.</param>
internal readonly record struct FileStamp(ulong Device, ulong Number, long ModifiedNs)
{
    // Of struct statx, as the headers of Linux lay it out.
    public const int StatSize = 256;
    private const int NumberOffset = 32;
    private const int ModifiedOffset = 112;
    private const int DeviceMajorOffset = 136;
    private const int DeviceMinorOffset = 140;

    /// <summary>The stamp of an existing file, or null.</summary>
    public static FileStamp? OfDisk(string path)
    {
        Span<byte> stat = stackalloc byte[StatSize];
        return LinuxCalls.TryStat(path, stat) < 0 ? null : Read(stat);
    }

    /// <summary>The stamp in a <c>struct statx</c>.</summary>
    public static FileStamp Read(ReadOnlySpan<byte> stat)
    {
        var major = BinaryPrimitives.ReadUInt32LittleEndian(stat[DeviceMajorOffset..]);
        var minor = BinaryPrimitives.ReadUInt32LittleEndian(stat[DeviceMinorOffset..]);
        return new FileStamp(
            ((ulong)major << 32) | minor,
            BinaryPrimitives.ReadUInt64LittleEndian(stat[NumberOffset..]),
            TimeNs(stat[ModifiedOffset..]));
    }

    /// <summary>A time of it, in nanoseconds since 1970.</summary>
    public static long TimeNs(ReadOnlySpan<byte> time) =>
        (BinaryPrimitives.ReadInt64LittleEndian(time) * 1_000_000_000)
        + BinaryPrimitives.ReadUInt32LittleEndian(time[sizeof(long)..]);

    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    public static bool TryParse(string text, out FileStamp stamp)
    {
        stamp = default;
        var parts = text.Split(':');
        if (parts.Length != 3
            || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var device)
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var modified))
            return false;
        stamp = new FileStamp(device, number, modified);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Device}:{Number}:{ModifiedNs}");
}
