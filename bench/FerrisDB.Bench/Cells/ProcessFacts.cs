using System.Globalization;

namespace FerrisDB.Bench;

/// <summary>What the kernel counts for this process.</summary>
internal static class ProcessFacts
{
    /// <summary>Bytes that this process has passed to write calls; stores into mapped files are not in it.</summary>
    /// <remarks>
    /// The neighbouring <c>write_bytes</c> would see those too, but counts whole folios: on a file system with large
    /// folios, 120 bytes written into a cached file count as 2 MB.
    /// </remarks>
    public static long BytesWritten() => ReadNumber("/proc/self/io", "wchar:");

    /// <summary>Highest resident memory since <see cref="ForgetPeak"/>.</summary>
    public static long PeakResidentBytes() => ReadNumber("/proc/self/status", "VmHWM:") << 10;

    /// <summary>Restarts the count of the highest resident memory, so that a warm-up is not in it.</summary>
    public static void ForgetPeak()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    /// <summary>Memory of a process that no file is behind, now.</summary>
    public static long AnonymousBytesOf(int processId) => ReadNumber($"/proc/{processId}/status", "RssAnon:") << 10;

    private static long ReadNumber(string file, string field)
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        var number = line.AsSpan(field.Length).Trim().TrimEnd("kB ".AsSpan());
        return long.Parse(number, NumberStyles.Integer, CultureInfo.InvariantCulture);
    }
}
