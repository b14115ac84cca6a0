using System.Globalization;

namespace FerrisDB.Bench;

/// <summary>The disk below a folder, and what it has been given to write by everybody.</summary>
internal sealed class Disk
{
    private const int SectorBytes = 512;
    private const int MountedDeviceField = 2;
    private const int MountPointField = 4;
    private const int SectorsWrittenField = 6;

    private readonly string _mark;
    private readonly string? _statistics;

    public Disk(string folder)
    {
        folder = Path.GetFullPath(folder);
        _mark = folder + ".sync-mark";
        _statistics = OperatingSystem.IsLinux() ? $"/sys/dev/block/{DeviceOf(folder)}/stat" : null;
        if (!File.Exists(_statistics))
            _statistics = null;
    }

    /// <summary>
    /// Waits until nothing written is left in memory, then reads the counter; 0 where there is no such disk.
    /// </summary>
    public long SyncedBytes()
    {
        if (_statistics is null)
            return 0;
        using (var file = File.OpenHandle(_mark, FileMode.OpenOrCreate, FileAccess.ReadWrite))
            SystemCalls.SyncFileSystem(file);
        File.Delete(_mark);
        var fields = File.ReadAllText(_statistics).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(fields[SectorsWrittenField], CultureInfo.InvariantCulture) * SectorBytes;
    }

    // The mount with the longest path that the folder lies below.
    private static string DeviceOf(string folder) =>
        File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' '))
            .Where(fields => IsBelow(folder, fields[MountPointField]))
            .MaxBy(fields => fields[MountPointField].Length)![MountedDeviceField];

    private static bool IsBelow(string folder, string mount) =>
        mount == "/" || folder == mount || folder.StartsWith(mount + "/", StringComparison.Ordinal);
}
