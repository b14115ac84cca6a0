using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>Sizes, counts, rates and times as people write them.</summary>
internal static class Amounts
{
    private static readonly string[] SizeUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>123 B, 4.0 KiB, 12.3 MiB, 456 GiB.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (bytes >= 1000 && unit < SizeUnits.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }
        return $"{Short(bytes, isWhole: unit == 0)} {SizeUnits[unit]}";
    }

    /// <summary>1,234,567.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>One thing, two things.</summary>
    public static string Count(long count, string one, string? many = null) =>
        $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>12,345 records/s.</summary>
    public static string Rate(long records, TimeSpan elapsed) =>
        $"{PerSecond(records, elapsed).ToString("N0", CultureInfo.InvariantCulture)} records/s";

    /// <summary>Of a count in a time; no rate of nothing.</summary>
    public static double PerSecond(double count, TimeSpan elapsed) =>
        elapsed > TimeSpan.Zero ? count / elapsed.TotalSeconds : 0;

    /// <summary>640 µs, 12.3 ms, 4.56 s, 2:03 min, 1:02:03 h.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        < 0.001 => $"{Short(time.TotalMicroseconds, isWhole: true)} µs",
        < 1 => $"{Short(time.TotalMilliseconds, isWhole: false)} ms",
        < 100 => $"{Short(time.TotalSeconds, isWhole: false)} s",
        < 3600 => $"{(int)time.TotalMinutes}:{time.Seconds:00} min",
        _ => $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00} h",
    };

    // Three digits say enough.
    private static string Short(double value, bool isWhole)
    {
        var format = isWhole || value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
