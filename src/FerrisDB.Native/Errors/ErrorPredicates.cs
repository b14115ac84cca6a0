namespace FerrisDB.Native;

/// <summary>What a program may ask of an error code.</summary>
internal static class ErrorPredicates
{
    private const int Retryable = 50_000;
    private const int MaybeCommitted = 50_001;
    private const int RetryableNotCommitted = 50_002;

    public static bool Test(int predicate, ErrorCode code) => predicate switch
    {
        Retryable => RetryPolicy.IsRetryable(code),
        MaybeCommitted => RetryPolicy.IsMaybeCommitted(code),
        RetryableNotCommitted => RetryPolicy.IsRetryableNotCommitted(code),
        _ => false,
    };
}
