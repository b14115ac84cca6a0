namespace FerrisDB.Layers;

/// <summary>What the keys with a prefix are, whatever follows it.</summary>
internal static class Prefixes
{
    /// <summary>All keys that begin with the prefix, which itself is one of them.</summary>
    public static KeyRange RangeOf(byte[] prefix) => new(prefix, After(prefix));

    /// <summary>The first key behind all those that begin with the prefix.</summary>
    /// <remarks>A prefix of ff alone has none; the directory layer hands out no such prefix.</remarks>
    public static byte[] After(byte[] prefix)
    {
        var last = prefix.AsSpan().LastIndexOfAnyExcept((byte)0xff);
        ArgumentOutOfRangeException.ThrowIfNegative(last, nameof(prefix));
        var after = prefix[..(last + 1)];
        after[last]++;
        return after;
    }
}
