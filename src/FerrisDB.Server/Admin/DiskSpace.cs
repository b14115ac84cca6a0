namespace FerrisDB.Server;

/// <summary>How much of a disk is there.</summary>
/// <param name="FreeBytes">Bytes that the process may still write.</param>
/// <param name="TotalBytes">Bytes of the whole disk.</param>
internal readonly record struct DiskSpace(long FreeBytes, long TotalBytes)
{
    // Below this share of a disk, or so many bytes, it is time to do something.
    private const double LowShare = 0.05;
    private const long LowBytes = 1L << 30;

    // On a small volume the share is less than what writes leave free.
    private static readonly long ReserveBytes = new StorageOptions().FreeDiskBytesMin;

    public bool IsLow =>
        TotalBytes > 0 && FreeBytes < Math.Max(ReserveBytes, Math.Min(TotalBytes * LowShare, LowBytes));

    /// <summary>The disk of a folder; nothing if there is none, as of a database in memory.</summary>
    public static DiskSpace Of(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return default;
        }
    }
}
