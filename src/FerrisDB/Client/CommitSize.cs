namespace FerrisDB;

/// <summary>Bytes of a commit as FoundationDB counts them against its limit, beside those of the writes.</summary>
internal static class CommitSize
{
    public static long OfRanges(ConflictRanges ranges) =>
        (ranges.Count * (long)WriteMap.ConflictOverheadBytes) + ranges.EndsBytes;

    public static FerrisException TooLarge(long size, long limit) => new(
        ErrorCode.TransactionTooLarge,
        $"The transaction has {size} bytes; the limit is {limit}. Split it, or see "
            + "DatabaseOptions.TransactionSizeLimitBytes.");
}
