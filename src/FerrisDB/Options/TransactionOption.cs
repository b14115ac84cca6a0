namespace FerrisDB;

/// <summary>What can be set for one transaction. Codes are FoundationDB's.</summary>
/// <remarks>
/// An option is dropped by a reset and by a retry unless it says otherwise. A wrong value is reported by the next
/// operation that has a result, as in FoundationDB.
/// </remarks>
public enum TransactionOption
{
    /// <summary>No effect in process: a commit never has to be proven absent.</summary>
    CausalWriteRisky = 10,

    /// <summary>No effect in process: a read version costs nothing.</summary>
    CausalReadRisky = 20,

    /// <summary>No effect, as in FoundationDB.</summary>
    CausalReadDisable = 21,

    /// <summary>No effect: addresses always have their port.</summary>
    IncludePortInAddress = 23,

    /// <summary>The next write adds no write conflict range.</summary>
    NextWriteNoWriteConflictRange = 30,

    /// <summary>No effect, as in FoundationDB.</summary>
    CheckWritesEnable = 50,

    /// <summary>Reads do not see the transaction's own writes. Before any read or write.</summary>
    ReadYourWritesDisable = 51,

    /// <summary>No effect, as in FoundationDB.</summary>
    ReadAheadDisable = 52,

    /// <summary>No effect, as in FoundationDB.</summary>
    DurabilityDatacenter = 110,

    /// <summary>No effect, as in FoundationDB; see the durability of a commit.</summary>
    DurabilityRisky = 120,

    /// <summary>Starts at once, however little a server lets start; no effect in process.</summary>
    PrioritySystemImmediate = 200,

    /// <summary>
    /// Starts with what the others leave, where a server limits them, or fails with
    /// <see cref="ErrorCode.BatchTransactionThrottled"/>, which is retried; no effect in process.
    /// </summary>
    PriorityBatch = 201,

    /// <summary>For a tool that makes a database: before there is a read version, and then nothing is read.</summary>
    InitializeNewDatabase = 300,

    /// <summary>Keys from <c>\xff</c> on may be read and written.</summary>
    AccessSystemKeys = 301,

    /// <summary>Keys from <c>\xff</c> on may be read.</summary>
    ReadSystemKeys = 302,

    /// <summary>
    /// The transaction may be outside of all tenants where they are required; keys may be 8 bytes longer, as much as
    /// the prefix of a tenant takes.
    /// </summary>
    RawAccess = 303,

    /// <summary>No effect: there are no quotas.</summary>
    BypassStorageQuota = 304,

    /// <summary>No effect.</summary>
    DebugDump = 400,

    /// <summary>No effect.</summary>
    DebugRetryLogging = 401,

    /// <summary>As <see cref="DebugTransactionIdentifier"/>; nothing is logged.</summary>
    TransactionLoggingEnable = 402,

    /// <summary>A name of 1 to 100 bytes that stands in the message of a timeout. Cannot be changed.</summary>
    DebugTransactionIdentifier = 403,

    /// <summary>No effect; needs an identifier.</summary>
    LogTransaction = 404,

    /// <summary>No effect; at least -1 and not 0.</summary>
    TransactionLoggingMaxFieldLength = 405,

    /// <summary>No effect.</summary>
    ServerRequestTracing = 406,

    /// <summary>
    /// Milliseconds from creation or reset after which everything fails with 1031; 0 is never. Kept across retries.
    /// </summary>
    Timeout = 500,

    /// <summary>Retries at most; -1 is no limit. Kept across retries.</summary>
    RetryLimit = 501,

    /// <summary>Milliseconds between two attempts at most. Kept across retries. Default: 1,000.</summary>
    MaxRetryDelay = 502,

    /// <summary>Bytes of a commit at most, from 32 to the limit of the database.</summary>
    SizeLimit = 503,

    /// <summary>16 to 255 bytes. No effect in process: a commit is applied exactly once.</summary>
    IdempotencyId = 504,

    /// <summary>No effect in process: a commit is applied exactly once.</summary>
    AutomaticIdempotency = 505,

    /// <summary>No effect.</summary>
    ReadServerSideCacheEnable = 507,

    /// <summary>No effect.</summary>
    ReadServerSideCacheDisable = 508,

    /// <summary>No effect.</summary>
    ReadPriorityNormal = 509,

    /// <summary>No effect.</summary>
    ReadPriorityLow = 510,

    /// <summary>No effect.</summary>
    ReadPriorityHigh = 511,

    /// <summary>Snapshot reads see own writes: undoes one disable.</summary>
    SnapshotReadYourWritesEnable = 600,

    /// <summary>Snapshot reads do not see own writes.</summary>
    SnapshotReadYourWritesDisable = 601,

    /// <summary>
    /// The transaction reads and writes although the database is locked: see <see cref="DatabaseLockExtensions"/>.
    /// </summary>
    LockAware = 700,

    /// <summary>Using the transaction during its commit fails that call alone, not the commit.</summary>
    UsedDuringCommitProtectionDisable = 701,

    /// <summary>
    /// The transaction reads although the database is locked, and cannot write, unless it has <see cref="LockAware"/>
    /// too.
    /// </summary>
    ReadLockAware = 702,

    /// <summary>No effect.</summary>
    UseProvisionalProxies = 711,

    /// <summary>
    /// A conflict names the ranges: see <see cref="FerrisException.ConflictingRanges"/> and the special keys.
    /// </summary>
    ReportConflictingKeys = 712,

    /// <summary>Reads of special keys may cross modules.</summary>
    SpecialKeySpaceRelaxed = 713,

    /// <summary>Special keys may be written.</summary>
    SpecialKeySpaceEnableWrites = 714,

    /// <summary>
    /// A tag of the transaction: at most five, of at most 255 bytes. A server starts those of a tag no faster than an
    /// operator allows (<c>ferrisdb throttle</c>). Set it before the first read.
    /// </summary>
    Tag = 800,

    /// <summary>As <see cref="Tag"/>; a server may throttle it by itself while its storage cannot follow.</summary>
    AutoThrottleTag = 801,

    /// <summary>33 bytes. No effect.</summary>
    SpanParent = 900,

    /// <summary>No effect: clears cost nothing.</summary>
    ExpensiveClearCostEstimationEnable = 1000,

    /// <summary>A get of an unreadable key returns the operand of its versionstamped write.</summary>
    BypassUnreadable = 1100,

    /// <summary>Refused with <see cref="ErrorCode.InvalidOption"/>: read versions are not cached.</summary>
    UseGrvCache = 1101,

    /// <summary>No effect.</summary>
    SkipGrvCache = 1102,

    /// <summary>No effect in process. Kept across retries.</summary>
    AuthorizationToken = 2000,
}
