namespace FerrisDB;

/// <summary>Bytes of a commit as FoundationDB counts them against its limit, beside those of the writes.</summary>
internal static class CommitSize
{
    public static long OfRanges(ConflictRanges ranges)
    {
        var size = 0L;
        foreach (var range in ranges)
            size += WriteMap.ConflictOverheadBytes + range.Begin.Length + range.End.Length;
        return size;
    }

    public static FerrisException TooLarge(long size, long limit) => new(
        ErrorCode.TransactionTooLarge,
        $"The transaction has {size} bytes; the limit is {limit}. Split it, or see "
            + "DatabaseOptions.TransactionSizeLimitBytes.");
}
