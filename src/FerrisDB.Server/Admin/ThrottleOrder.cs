using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

// on RATE SECONDS TAG      as numbers, and the tag in escapes as keys are told
// off TAG
// off

/// <summary>Throttles a tag, or does not any more: what an operator says, and what becomes of it.</summary>
/// <param name="IsOn">Throttles.</param>
/// <param name="Tag">Which one; null is all.</param>
/// <param name="StartsPerSecond">So many transactions may start.</param>
/// <param name="Time">For so long.</param>
internal sealed record ThrottleOrder(bool IsOn, byte[]? Tag, double StartsPerSecond, TimeSpan Time)
{
    public static readonly TimeSpan TimeMax = TimeSpan.FromDays(365);

    private const int RateMax = 1_000_000_000;

    public static ThrottleOrder Parse(string text)
    {
        var words = text.Split(' ');
        return words switch
        {
            ["off"] => new ThrottleOrder(false, null, 0, default),
            ["off", var tag] => new ThrottleOrder(false, TagOf(tag), 0, default),
            ["on", var rate, var seconds, var tag] when Number(rate, RateMax) is { } starts
                && Number(seconds, (long)TimeMax.TotalSeconds) is { } time =>
                new ThrottleOrder(true, TagOf(tag), starts, TimeSpan.FromSeconds(time)),
            _ => throw new FerrisException(
                ErrorCode.InvalidOptionValue,
                $"'{text}' throttles no tag: say 'on RATE SECONDS TAG', 'off TAG' or 'off'."),
        };
    }

    /// <summary>The order as it travels.</summary>
    public override string ToString() => IsOn
        ? string.Create(CultureInfo.InvariantCulture, $"on {StartsPerSecond} {(long)Time.TotalSeconds} {Word(Tag!)}")
        : Tag is null ? "off" : $"off {Word(Tag)}";

    /// <summary>Does it. Returns how many throttles it is about.</summary>
    public string Obey(ServedCluster served, ILogger log)
    {
        var tags = served.Roles.Tags;
        var clock = served.Options.TimeProvider;
        var count = 1;
        if (!IsOn)
        {
            count = tags.Remove(each => Tag is null || Tag.AsSpan().SequenceEqual(each.Tag));
        }
        else if (!tags.TrySet(new TagThrottle(
            Tag!, StartsPerSecond, clock.GetTimestamp() + (long)(Time.TotalSeconds * clock.TimestampFrequency))))
        {
            throw new FerrisException(
                ErrorCode.InvalidOptionValue, $"{TagThrottles.Max} tags are throttled already: end one of them.");
        }
        ServerEvents.Throttled(log, ToString());
        return count.ToString(CultureInfo.InvariantCulture);
    }

    // A word without blanks, whatever bytes there are.
    private static string Word(byte[] tag) => Uri.EscapeDataString(System.Text.Encoding.Latin1.GetString(tag));

    private static byte[] TagOf(string word)
    {
        var tag = System.Text.Encoding.Latin1.GetBytes(Uri.UnescapeDataString(word));
        return tag.Length <= TagMessage.TagBytesMax
            ? tag
            : throw new FerrisException(ErrorCode.TagTooLong, $"No transaction has a tag of {tag.Length} bytes.");
    }

    private static long? Number(string text, long max) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : null;
}
