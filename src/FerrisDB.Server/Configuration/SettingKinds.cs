using System.Globalization;
using System.Net;

namespace FerrisDB.Server;

/// <summary>The kinds of values that settings have.</summary>
internal static class SettingKinds
{
    // Longest first, so that "ms" is not taken for "s".
    private static readonly (string Unit, long Ticks)[] TimeUnits =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    private static readonly (string Unit, long Bytes)[] SizeUnits =
        [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    /// <summary>Anything but nothing.</summary>
    public static SettingKind<string> Path { get; } =
        new("a path", static (text, out value) => (value = text).Length > 0, static value => value);

    /// <summary>A path, or nothing.</summary>
    public static SettingKind<string?> OptionalPath { get; } =
        new("a path", static (text, out value) => (value = text).Length > 0, static value => value ?? "");

    public static SettingKind<bool> Switch { get; } =
        new("true or false", bool.TryParse, static value => value ? "true" : "false");

    public static SettingKind<IPEndPoint> EndPoint { get; } = new(
        "an address and a port, such as 127.0.0.1:4500, localhost:4500 or [::1]:4500",
        TryParseEndPoint, static value => value.ToString());

    /// <summary>An address and a port, or nothing.</summary>
    public static SettingKind<IPEndPoint?> OptionalEndPoint { get; } = new(
        EndPoint.Allowed,
        static (text, out value) =>
        {
            var isRight = TryParseEndPoint(text, out var endPoint);
            value = endPoint;
            return isRight;
        },
        static value => value?.ToString() ?? "");

    /// <summary>A whole number within bounds.</summary>
    public static SettingKind<int> Number(int min, int max) => new(
        $"a number from {Text(min)} to {Text(max)}",
        (text, out value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= min && value <= max,
        Text);

    /// <summary>A share of something.</summary>
    public static SettingKind<double> Share { get; } = new(
        "a number from 0 to 1, such as 0.01",
        static (text, out value) => double.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 1,
        static value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A time within bounds: 500ms, 10s, 5m, 1h.</summary>
    public static SettingKind<TimeSpan> Time(TimeSpan min, TimeSpan max) => new(
        $"a time from {Text(min)} to {Text(max)}, such as 500ms, 10s, 5m or 1h",
        (text, out value) => TryParseTime(text, out value) && value >= min && value <= max,
        Text);

    /// <summary>A size of at least so many bytes: 4096B, 512MiB, 2GiB.</summary>
    public static SettingKind<long> Bytes(long min) => new(
        $"a size of at least {Text(min)}, such as 512MiB or 2GiB",
        (text, out value) => TryParseBytes(text, out value) && value >= min,
        Text);

    private static bool TryParseEndPoint(string text, out IPEndPoint value)
    {
        var numbers = text.StartsWith("localhost:", StringComparison.Ordinal) ? $"127.0.0.1{text[9..]}" : text;
        // Without a port it would be 0, which nobody means who has not written it.
        var isWhole = numbers.LastIndexOf(':') > numbers.LastIndexOf(']') && !numbers.EndsWith(':');
        value = isWhole && IPEndPoint.TryParse(numbers, out var parsed) ? parsed : new IPEndPoint(IPAddress.None, 0);
        return isWhole && !value.Address.Equals(IPAddress.None);
    }

    private static bool TryParseTime(string text, out TimeSpan value)
    {
        foreach (var (unit, ticks) in TimeUnits)
        {
            if (TryParseAmount(text, unit, ticks, out var sum))
            {
                value = new TimeSpan(sum);
                return true;
            }
        }
        value = default;
        return false;
    }

    private static bool TryParseBytes(string text, out long value)
    {
        foreach (var (unit, bytes) in SizeUnits)
        {
            if (TryParseAmount(text, unit, bytes, out value))
                return true;
        }
        value = 0;
        return false;
    }

    private static bool TryParseAmount(string text, string unit, long size, out long sum)
    {
        sum = 0;
        if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
            || !long.TryParse(
                text.AsSpan(0, text.Length - unit.Length).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture,
                out var count)
            || count > long.MaxValue / size)
            return false;
        sum = count * size;
        return true;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan value)
    {
        // Zero is a whole number of everything, and "0h" asks whether something was rounded.
        var (unit, ticks) = TimeUnits.Last(
            each => (value != TimeSpan.Zero && value.Ticks % each.Ticks == 0) || each.Unit == "ms");
        return $"{(value.Ticks / ticks).ToString(CultureInfo.InvariantCulture)}{unit}";
    }

    private static string Text(long value)
    {
        var (unit, bytes) = SizeUnits.First(each => value % each.Bytes == 0);
        return $"{(value / bytes).ToString(CultureInfo.InvariantCulture)}{unit}";
    }
}
