namespace FerrisDB;

/// <summary>Which errors are worth another attempt, and how long to wait before it.</summary>
/// <remarks>
/// The wait is a random share of a limit that doubles from 10 ms on, so that those who met do not meet again: see
/// "Exponential Backoff And Jitter", AWS Architecture Blog 2015.
/// </remarks>
internal struct RetryPolicy
{
    private const double FirstBackoffMs = 10;

    // Somebody who is out of memory is given more time.
    private const double MemoryBackoffMaxMs = 30_000;

    private double _backoffMs;

    public RetryPolicy() => _backoffMs = FirstBackoffMs;

    /// <summary>Attempts that have failed.</summary>
    public long Retries { get; private set; }

    /// <summary>True if the transaction was certainly not committed and may succeed when it is run again.</summary>
    public static bool IsRetryableNotCommitted(ErrorCode code) => code is
        ErrorCode.NotCommitted or ErrorCode.TransactionTooOld or ErrorCode.FutureVersion or ErrorCode.DatabaseLocked
        or ErrorCode.GrvProxyMemoryLimitExceeded or ErrorCode.CommitProxyMemoryLimitExceeded
        or ErrorCode.BatchTransactionThrottled or ErrorCode.ProcessBehind or ErrorCode.TagThrottled
        or ErrorCode.ProxyTagThrottled;

    /// <summary>True if the transaction may or may not have been committed.</summary>
    public static bool IsMaybeCommitted(ErrorCode code) => code is
        ErrorCode.CommitUnknownResult or ErrorCode.ClusterVersionChanged;

    /// <summary>True if the transaction may be run again.</summary>
    public static bool IsRetryable(ErrorCode code) => IsRetryableNotCommitted(code) || IsMaybeCommitted(code);

    /// <summary>
    /// Counts a failed attempt. The time to wait before the next one, or null if there must not be one.
    /// </summary>
    /// <param name="code">How the attempt failed.</param>
    /// <param name="settings">The limits.</param>
    /// <param name="chance">A random number from 0 to 1.</param>
    public TimeSpan? Next(ErrorCode code, TransactionSettings settings, double chance)
    {
        var isRetried = IsRetryable(code) || code == ErrorCode.BlobGranuleRequestFailed;
        if (!isRetried || (settings.RetryLimit >= 0 && Retries >= settings.RetryLimit))
            return null;
        Retries++;
        if (code is ErrorCode.TransactionTooOld or ErrorCode.FutureVersion)
            return TimeSpan.FromMilliseconds(Math.Min(FirstBackoffMs, settings.MaxRetryDelayMs));
        var isOutOfMemory = code is ErrorCode.GrvProxyMemoryLimitExceeded or ErrorCode.CommitProxyMemoryLimitExceeded;
        var backoffMaxMs = isOutOfMemory && settings.MaxRetryDelayMs > 0
            ? MemoryBackoffMaxMs
            : settings.MaxRetryDelayMs;
        var wait = chance * Math.Min(_backoffMs, backoffMaxMs);
        _backoffMs = Math.Min(_backoffMs * 2, Math.Max(FirstBackoffMs, backoffMaxMs));
        return TimeSpan.FromMilliseconds(wait);
    }
}
