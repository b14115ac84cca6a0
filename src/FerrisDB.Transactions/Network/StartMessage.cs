namespace FerrisDB.Transactions;

// GetReadVersion:  nothing, which is one of default priority; or priority (1) | transactions

/// <summary>How transactions ask to start.</summary>
internal static class StartMessage
{
    private const int CountMax = 1_000_000;

    public static void Write(MessageWriter writer, TransactionPriority priority, int count)
    {
        if (priority == TransactionPriority.Default && count == 1)
            return;
        writer.WriteByte((byte)priority);
        writer.WriteNumber(count);
    }

    /// <summary>Returns how many there are, and their priority.</summary>
    public static int Read(ReadOnlySpan<byte> payload, out TransactionPriority priority)
    {
        priority = TransactionPriority.Default;
        if (payload.IsEmpty)
            return 1;
        var reader = new MessageReader(payload);
        priority = Check(reader.ReadByte());
        var count = reader.ReadNumber(CountMax);
        reader.End();
        return count;
    }

    /// <summary>The priority of a number.</summary>
    /// <exception cref="ProtocolException">There is none.</exception>
    public static TransactionPriority Check(byte priority) => priority <= (byte)TransactionPriority.Immediate
        ? (TransactionPriority)priority
        : throw new ProtocolException($"There is no priority {priority}.");
}
