namespace FerrisDB.Transactions;

// LoadBegin:  nothing                                    LoadBegun:  nothing
// LoadRows:   key | value | key | value ...              LoadTaken:  rows so far (8)
// LoadEnd:    0 forget them, 1 let everybody see (1)     Loaded:     version (8); of 0 nothing has come
//
// Keys and values have their length in front, and keys ascend. A client may have several LoadRows under way.

/// <summary>How rows travel that become tables.</summary>
internal static class LoadMessage
{
    // Lengths of the key and the value of the last row.
    private const int SlackBytes = 32;

    public static void WriteEnd(MessageWriter writer, bool isWanted) => writer.WriteByte(isWanted ? (byte)1 : (byte)0);

    public static bool ReadEnd(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        var isWanted = reader.ReadFlag();
        reader.End();
        return isWanted;
    }

    /// <summary>Hands the rows of a part over, one after the other.</summary>
    /// <exception cref="FerrisException">A row must not be written.</exception>
    /// <exception cref="ProtocolException">They are none, or too many.</exception>
    public static void Read(
        ReadOnlySpan<byte> payload, RequestLimits limits, AccessGrant access, TableLoad rows)
    {
        var rowBytesMax = limits.SystemKeyBytesMax + limits.ValueBytesMax + SlackBytes;
        if (payload.Length > ProtocolFormat.LoadChunkBytes + rowBytesMax)
            throw new ProtocolException($"A part of a load has {payload.Length} bytes.");
        var reader = new MessageReader(payload);
        while (reader.Left > 0)
        {
            var key = reader.ReadBytes();
            var value = reader.ReadBytes();
            limits.CheckWritten(key);
            limits.CheckValue(value);
            access.CheckWritten(key);
            rows.Add(key, value);
        }
    }
}
