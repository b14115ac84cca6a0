namespace FerrisDB.BindingTester;

/// <summary>What comes behind all keys that begin with some bytes.</summary>
internal static class KeyPrefix
{
    /// <summary>The first key behind those that begin with the prefix.</summary>
    public static byte[] Next(ReadOnlySpan<byte> prefix)
    {
        var next = prefix.TrimEnd((byte)0xff).ToArray();
        if (next.Length == 0)
            throw new ArgumentException("No key comes behind all that begin so.", nameof(prefix));
        next[^1]++;
        return next;
    }

    /// <summary>The range of all keys that begin with the prefix.</summary>
    public static KeyRange Range(byte[] prefix) => new(prefix, Next(prefix));
}
