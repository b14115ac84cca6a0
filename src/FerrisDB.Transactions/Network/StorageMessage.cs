namespace FerrisDB.Transactions;

// Get:             version (8) | key, to the end                       Value:        0, or 1 and the value, to the end
// GetRange:        version (8) | flags (1): 1 reverse, 2 keys only     Rows:         1 if a limit has ended them, or 0
//                  | rows | bytes | begin | end                                      | key | value | key | value ...
// Watch:           1 if there was a value, or 0 | key | value          Changed:      nothing
// EstimateSize:    begin | end                                         Size:         bytes (8)
// GetSplitPoints:  bytes of a piece (8) | begin | end                  SplitPoints:  count | keys
//
// Keys and values have their length in front, where it does not say that they go to the end.

/// <summary>How questions travel to the storage server, and how its answers come back.</summary>
internal static class StorageMessage
{
    private const byte Reverse = 1;
    private const byte KeysOnly = 2;

    public static void WriteGet(MessageWriter writer, ReadOnlySpan<byte> key, long version)
    {
        writer.WriteInt64(version);
        writer.WriteRaw(key);
    }

    public static ReadOnlySpan<byte> ReadGet(ReadOnlySpan<byte> payload, out long version)
    {
        var reader = new MessageReader(payload);
        version = reader.ReadInt64();
        return payload[sizeof(long)..];
    }

    /// <summary>False if there is no value.</summary>
    public static bool ReadValue(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> value)
    {
        var reader = new MessageReader(payload);
        var isPresent = reader.ReadFlag();
        value = payload[1..];
        if (!isPresent)
            reader.End();
        return isPresent;
    }

    public static void WriteGetRange(
        MessageWriter writer, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, in RangeQuestion question)
    {
        writer.WriteInt64(question.Version);
        writer.WriteByte((byte)((question.Reverse ? Reverse : 0) | (question.KeysOnly ? KeysOnly : 0)));
        writer.WriteNumber(question.RowsMax);
        writer.WriteNumber(question.TargetBytes);
        writer.WriteBytes(begin);
        writer.WriteBytes(end);
    }

    public static RangeQuestion ReadGetRange(
        ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> begin, out ReadOnlySpan<byte> end)
    {
        var reader = new MessageReader(payload);
        var version = reader.ReadInt64();
        var flags = reader.ReadByte();
        if ((flags & ~(Reverse | KeysOnly)) != 0)
            throw new ProtocolException($"A range has the flags {flags}.");
        var rows = Math.Max(reader.ReadNumber(int.MaxValue), 1);
        var bytes = reader.ReadNumber(int.MaxValue);
        begin = reader.ReadBytes();
        end = reader.ReadBytes();
        reader.End();
        return new RangeQuestion(version, rows, bytes, (flags & Reverse) != 0, (flags & KeysOnly) != 0);
    }

    public static void WriteWatch(MessageWriter writer, ReadOnlySpan<byte> key, byte[]? seen)
    {
        writer.WriteByte(seen is null ? (byte)0 : (byte)1);
        writer.WriteBytes(key);
        writer.WriteBytes(seen);
    }

    public static Watch ReadWatch(ReadOnlySpan<byte> payload, RequestLimits limits, AccessGrant access)
    {
        var reader = new MessageReader(payload);
        var hasSeen = reader.ReadFlag();
        var key = reader.ReadBytes();
        var seen = reader.ReadBytes();
        reader.End();
        limits.CheckNamed(key);
        limits.CheckValue(seen);
        access.CheckRead(key);
        return new Watch(key.ToArray(), hasSeen ? seen.ToArray() : null);
    }

    public static void WriteRange(MessageWriter writer, KeyRange range)
    {
        writer.WriteBytes(range.Begin);
        writer.WriteBytes(range.End);
    }

    public static KeyRange ReadRange(ref MessageReader reader, RequestLimits limits, AccessGrant access)
    {
        var begin = reader.ReadBytes();
        var end = reader.ReadBytes();
        reader.End();
        limits.CheckRange(begin, end);
        access.CheckRange(begin, end);
        return new KeyRange(begin.ToArray(), end.ToArray());
    }

    public static void WriteKeys(MessageWriter writer, IReadOnlyList<byte[]> keys)
    {
        writer.WriteNumber(keys.Count);
        foreach (var key in keys)
            writer.WriteBytes(key);
    }

    public static IReadOnlyList<byte[]> ReadKeys(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        var keys = new byte[reader.ReadCount(bytesEachMin: 1)][];
        foreach (ref var key in keys.AsSpan())
            key = reader.ReadBytes().ToArray();
        reader.End();
        return keys;
    }

    /// <summary>The only number of an answer: a version, or a size.</summary>
    public static long ReadOnlyNumber(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        var number = reader.ReadInt64();
        reader.End();
        return number;
    }
}
