namespace FerrisDB.Transactions;

// tags:  count | each: 1 if it may be throttled by itself, or 0 (1) | length | bytes

/// <summary>How the tags of a transaction travel, behind what has been said of it.</summary>
internal static class TagMessage
{
    public const int TagsMax = 5;
    public const int TagBytesMax = 255;

    public static void Write(MessageWriter writer, IReadOnlyList<TransactionTag> tags)
    {
        writer.WriteNumber(tags.Count);
        foreach (var tag in tags)
        {
            writer.WriteByte(tag.IsAutomatic ? (byte)1 : (byte)0);
            writer.WriteBytes(tag.Name);
        }
    }

    /// <summary>Reads tags. Returns the throttle that lets the fewest start; null if none is about them.</summary>
    /// <param name="reader">Is at their begin, and then behind them.</param>
    /// <param name="throttles">Those that there are; null if none is looked for.</param>
    /// <param name="starts">So many transactions with the tags want to start.</param>
    /// <param name="bytes">So many bytes they commit.</param>
    /// <exception cref="ProtocolException">They are none.</exception>
    public static TagThrottle? Read(ref MessageReader reader, TagThrottles? throttles, int starts, int bytes)
    {
        TagThrottle? slowest = null;
        for (var left = reader.ReadNumber(TagsMax); left > 0; left--)
        {
            var isAutomatic = reader.ReadFlag();
            var tag = reader.ReadBytes();
            if (tag.Length > TagBytesMax)
                throw new ProtocolException($"A tag has {tag.Length} bytes.");
            if (throttles is null)
                continue;
            if (isAutomatic)
                throttles.Usage.Add(tag, starts, bytes);
            if (throttles.Find(tag) is { } found && !(found.StartsPerSecond >= slowest?.StartsPerSecond)
                && (isAutomatic || !found.IsAutomatic))
                slowest = found;
        }
        return slowest;
    }
}
