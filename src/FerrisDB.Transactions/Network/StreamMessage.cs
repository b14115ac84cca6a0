namespace FerrisDB.Transactions;

// StreamBegin:  flags (1): 1 reverse, 2 keys only       StreamBegun:  version that is read (8)
//               | begin | end
// StreamNext:   id of the request that began it (8)     StreamRows:   0 if these are the last, or 1
//                                                                     | key | value | key | value ...
// StreamEnd:    id of the request that began it (8)     StreamEnded:  nothing
//
// Keys and values have their length in front. A client may have several StreamNext under way: they are answered in
// turn, and how many there are is how far the server may be ahead of it.

/// <summary>How all rows of a range travel, at one version, however long it takes.</summary>
internal static class StreamMessage
{
    private const byte Reverse = 1;
    private const byte KeysOnly = 2;

    public static void WriteBegin(MessageWriter writer, KeyRange range, bool reverse, bool keysOnly)
    {
        writer.WriteByte((byte)((reverse ? Reverse : 0) | (keysOnly ? KeysOnly : 0)));
        writer.WriteBytes(range.Begin);
        writer.WriteBytes(range.End);
    }

    public static RangeCursor ReadBegin(
        ReadOnlySpan<byte> payload, StorageEngine engine, RequestLimits limits, AccessGrant access)
    {
        var reader = new MessageReader(payload);
        var flags = reader.ReadByte();
        if ((flags & ~(Reverse | KeysOnly)) != 0)
            throw new ProtocolException($"A stream has the flags {flags}.");
        var range = StorageMessage.ReadRange(ref reader, limits, access);
        return new RangeCursor(engine, range, (flags & Reverse) != 0, (flags & KeysOnly) != 0);
    }
}
