namespace FerrisDB;

/// <summary>What can be set for all transactions of an open database. Codes are FoundationDB's.</summary>
/// <remarks>
/// Defaults hold for transactions that are created, reset or retried from then on.
/// </remarks>
public enum DatabaseOption
{
    /// <summary>No effect in process.</summary>
    LocationCacheSize = 10,

    /// <summary>Watches that may wait at once, 0 to 1,000,000. Default: 10,000.</summary>
    MaxWatches = 20,

    /// <summary>No effect in process.</summary>
    MachineId = 21,

    /// <summary>No effect in process.</summary>
    DatacenterId = 22,

    /// <summary>Snapshot reads of new transactions see own writes: undoes one disable. The default.</summary>
    SnapshotReadYourWritesEnable = 26,

    /// <summary>Snapshot reads of new transactions do not see own writes.</summary>
    SnapshotReadYourWritesDisable = 27,

    /// <summary>No effect.</summary>
    TransactionLoggingMaxFieldLength = 405,

    /// <summary>Default of <see cref="TransactionOption.Timeout"/>.</summary>
    TransactionTimeout = 500,

    /// <summary>Default of <see cref="TransactionOption.RetryLimit"/>.</summary>
    TransactionRetryLimit = 501,

    /// <summary>Default of <see cref="TransactionOption.MaxRetryDelay"/>.</summary>
    TransactionMaxRetryDelay = 502,

    /// <summary>Default of <see cref="TransactionOption.SizeLimit"/>.</summary>
    TransactionSizeLimit = 503,

    /// <summary>No effect in process.</summary>
    TransactionCausalReadRisky = 504,

    /// <summary>No effect.</summary>
    TransactionIncludePortInAddress = 505,

    /// <summary>No effect in process.</summary>
    TransactionAutomaticIdempotency = 506,

    /// <summary>Default of <see cref="TransactionOption.BypassUnreadable"/>.</summary>
    TransactionBypassUnreadable = 700,

    /// <summary>Default of <see cref="TransactionOption.UsedDuringCommitProtectionDisable"/>.</summary>
    TransactionUsedDuringCommitProtectionDisable = 701,

    /// <summary>Default of <see cref="TransactionOption.ReportConflictingKeys"/>.</summary>
    TransactionReportConflictingKeys = 702,

    /// <summary>No effect.</summary>
    UseConfigDatabase = 800,

    /// <summary>No effect.</summary>
    TestCausalReadRisky = 900,
}
