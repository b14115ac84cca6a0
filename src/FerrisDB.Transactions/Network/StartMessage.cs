namespace FerrisDB.Transactions;

// GetReadVersion:  nothing, which is one of default priority; or priority (1) | transactions; or that and their tags
//
// The highest bit of the priority says that they are lock-aware.

/// <summary>How transactions ask to start.</summary>
internal static class StartMessage
{
    private const int CountMax = 1_000_000;
    private const byte LockAware = 0x80;

    public static void Write(
        MessageWriter writer, TransactionPriority priority, bool isLockAware, int count,
        IReadOnlyList<TransactionTag> tags)
    {
        if (priority == TransactionPriority.Default && !isLockAware && count == 1 && tags.Count == 0)
            return;
        writer.WriteByte((byte)((byte)priority | (isLockAware ? LockAware : 0)));
        writer.WriteNumber(count);
        if (tags.Count > 0)
            TagMessage.Write(writer, tags);
    }

    /// <summary>
    /// Returns how many there are, their priority, whether they are lock-aware, and what throttles their tags.
    /// </summary>
    public static int Read(
        ReadOnlySpan<byte> payload, TagThrottles throttles, out TransactionPriority priority, out bool isLockAware,
        out TagThrottle? throttle)
    {
        (priority, isLockAware) = (TransactionPriority.Default, false);
        throttle = null;
        if (payload.IsEmpty)
            return 1;
        var reader = new MessageReader(payload);
        var flags = reader.ReadByte();
        isLockAware = (flags & LockAware) != 0;
        priority = Check((byte)(flags & ~LockAware));
        var count = reader.ReadNumber(CountMax);
        if (reader.Left > 0)
            throttle = TagMessage.Read(ref reader, throttles, count, bytes: 0);
        reader.End();
        return count;
    }

    /// <summary>The priority of a number.</summary>
    /// <exception cref="ProtocolException">There is none.</exception>
    public static TransactionPriority Check(byte priority) => priority <= (byte)TransactionPriority.Immediate
        ? (TransactionPriority)priority
        : throw new ProtocolException($"There is no priority {priority}.");
}
