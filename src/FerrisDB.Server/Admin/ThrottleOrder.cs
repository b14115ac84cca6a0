using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

// on RATE SECONDS TAG      as numbers, and the tag in escapes as keys are told
// off TAG
// off
// auto on
// auto off

/// <summary>Throttles a tag, or does not any more: what an operator says, and what becomes of it.</summary>
/// <param name="IsOn">Throttles.</param>
/// <param name="Tag">Which one; null is all.</param>
/// <param name="StartsPerSecond">So many transactions may start.</param>
/// <param name="Time">For so long.</param>
/// <param name="Automatic">
/// Not about a tag, but whether the server throttles hot tags by itself; null if it is about tags.
/// </param>
internal sealed record ThrottleOrder(
    bool IsOn, byte[]? Tag, double StartsPerSecond, TimeSpan Time, bool? Automatic = null)
{
    public static readonly TimeSpan TimeMax = TimeSpan.FromDays(365);

    private const int RateMax = 1_000_000_000;

    public static ThrottleOrder Parse(string text)
    {
        var words = text.Split(' ');
        return words switch
        {
            ["auto", "on"] => OfAutomatic(true),
            ["auto", "off"] => OfAutomatic(false),
            ["off"] => new ThrottleOrder(false, null, 0, default),
            ["off", var tag] => new ThrottleOrder(false, TagOf(tag), 0, default),
            ["on", var rate, var seconds, var tag] when Number(rate, RateMax) is { } starts
                && Number(seconds, (long)TimeMax.TotalSeconds) is { } time =>
                new ThrottleOrder(true, TagOf(tag), starts, TimeSpan.FromSeconds(time)),
            _ => throw new FerrisException(
                ErrorCode.InvalidOptionValue,
                $"'{text}' throttles no tag: say 'on RATE SECONDS TAG', 'off TAG', 'off' or 'auto on|off'."),
        };
    }

    /// <summary>Lets the server throttle hot tags by itself, or not.</summary>
    public static ThrottleOrder OfAutomatic(bool isEnabled) => new(false, null, 0, default, isEnabled);

    /// <summary>The order as it travels.</summary>
    public override string ToString() => Automatic is { } isEnabled ? isEnabled ? "auto on" : "auto off"
        : IsOn
        ? string.Create(CultureInfo.InvariantCulture, $"on {StartsPerSecond} {(long)Time.TotalSeconds} {Word(Tag!)}")
        : Tag is null ? "off" : $"off {Word(Tag)}";

    /// <summary>Does it. Returns how many throttles it is about.</summary>
    public string Obey(ServedCluster served, ILogger log)
    {
        var tags = served.Roles.Tags;
        var clock = served.Options.TimeProvider;
        var count = 1;
        if (Automatic is { } isEnabled)
        {
            served.Roles.HotTags.IsEnabled = isEnabled;
        }
        else if (!IsOn)
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
        new ThrottleStore(served.Database, clock).Keep(this);
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
