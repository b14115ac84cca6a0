namespace FerrisDB.Transactions;

// tags:  count | each: length | bytes

/// <summary>How the tags of a transaction travel, behind what has been said of it.</summary>
internal static class TagMessage
{
    public const int TagsMax = 5;
    public const int TagBytesMax = 255;

    public static void Write(MessageWriter writer, IReadOnlyList<byte[]> tags)
    {
        writer.WriteNumber(tags.Count);
        foreach (var tag in tags)
            writer.WriteBytes(tag);
    }

    /// <summary>Reads tags. Returns the throttle that lets the fewest start; null if none is about them.</summary>
    /// <exception cref="ProtocolException">They are none.</exception>
    public static TagThrottle? Read(ref MessageReader reader, TagThrottles? throttles)
    {
        TagThrottle? slowest = null;
        for (var left = reader.ReadNumber(TagsMax); left > 0; left--)
        {
            var tag = reader.ReadBytes();
            if (tag.Length > TagBytesMax)
                throw new ProtocolException($"A tag has {tag.Length} bytes.");
            if (throttles?.Find(tag) is { } found && !(found.StartsPerSecond >= slowest?.StartsPerSecond))
                slowest = found;
        }
        return slowest;
    }
}
