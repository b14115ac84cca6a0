namespace FerrisDB.Transactions;

/// <summary>How large the parts of a request may be: what a server checks, whatever its clients promise.</summary>
/// <param name="KeyBytesMax">Bytes of a user's key.</param>
/// <param name="SystemKeyBytesMax">Bytes of a key of the system.</param>
/// <param name="ValueBytesMax">Bytes of a value or operand.</param>
/// <param name="TransactionBytesMax">Bytes of all that a transaction writes and names.</param>
internal sealed record RequestLimits(
    int KeyBytesMax, int SystemKeyBytesMax, int ValueBytesMax, int TransactionBytesMax)
{
    // A range may end, and a key that cannot exist may be looked for, a little behind the longest key.
    private const int SlackBytes = 16;

    private static ReadOnlySpan<byte> SystemEnd => [0xff, 0xff];

    /// <summary>Refuses a key that must not be written.</summary>
    public void CheckWritten(ReadOnlySpan<byte> key)
    {
        var limit = key is [0xff, ..] ? SystemKeyBytesMax : KeyBytesMax;
        if (key.Length > limit)
            throw new FerrisException(
                ErrorCode.KeyTooLarge, $"A key of {key.Length} bytes exceeds the server's limit of {limit} bytes.");
        if (key.StartsWith(SystemEnd))
            throw new FerrisException(ErrorCode.KeyOutsideLegalRange, $"{KeyText.Of(key)} cannot be written.");
    }

    /// <summary>Refuses a key that is too long to be read, or to end a range.</summary>
    public void CheckNamed(ReadOnlySpan<byte> key)
    {
        if (key.Length > SystemKeyBytesMax + SlackBytes)
            throw new FerrisException(
                ErrorCode.KeyTooLarge,
                $"A key of {key.Length} bytes exceeds the server's limit of {SystemKeyBytesMax} bytes.");
    }

    /// <summary>Refuses a range that is inverted, or that has ends that are too long.</summary>
    public void CheckRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        CheckNamed(begin);
        CheckNamed(end);
        if (begin.SequenceCompareTo(end) > 0)
            throw new FerrisException(
                ErrorCode.InvertedRange,
                $"The range begins at {KeyText.Of(begin)}, behind its end {KeyText.Of(end)}.");
    }

    /// <summary>Refuses a range that must not be cleared.</summary>
    public void CheckCleared(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        CheckRange(begin, end);
        if (end.SequenceCompareTo(SystemEnd) > 0)
            throw new FerrisException(ErrorCode.KeyOutsideLegalRange, $"{KeyText.Of(end)} cannot be cleared.");
    }

    public void CheckValue(ReadOnlySpan<byte> value)
    {
        if (value.Length > ValueBytesMax)
            throw new FerrisException(
                ErrorCode.ValueTooLarge,
                $"A value of {value.Length} bytes exceeds the server's limit of {ValueBytesMax} bytes.");
    }

    public void CheckTransaction(long bytes)
    {
        if (bytes > TransactionBytesMax)
            throw new FerrisException(
                ErrorCode.TransactionTooLarge,
                $"The transaction has more than {bytes} bytes; the server's limit is {TransactionBytesMax}.");
    }
}
