namespace FerrisDB.Server;

// The schema is public: docs/status.md describes each member. What it has stays; what is new is added. A change that
// would break a reader raises SchemaVersion.

/// <summary>How a server is, or a folder that nobody serves: FerrisDB's own status document.</summary>
internal sealed record ServerStatus
{
    public const int SchemaVersion = 1;

    public const string Healthy = "healthy";
    public const string Degraded = "degraded";
    public const string Unavailable = "unavailable";

    public int Schema { get; init; } = SchemaVersion;

    /// <summary>One of the three words.</summary>
    public required string Health { get; init; }

    /// <summary>The same in a sentence.</summary>
    public required string Summary { get; init; }

    public required IReadOnlyList<MessageRow> Messages { get; init; }

    public string? Cluster { get; init; }

    public ServerRow? Server { get; init; }

    public ClientsRow? Clients { get; init; }

    public RolesRow? Roles { get; init; }

    public LatenciesRow? Latencies { get; init; }

    public VersionsRow? Versions { get; init; }

    public StorageRow? Storage { get; init; }

    /// <summary>Who keeps the log in backups; null if nobody does.</summary>
    public IReadOnlyList<FollowerRow>? Followers { get; init; }

    public DiskRow? Disk { get; init; }

    public ProcessRow? Process { get; init; }

    public FaultToleranceRow? FaultTolerance { get; init; }

    /// <summary>Something that an operator should know; the severity is info, warning or error.</summary>
    internal sealed record MessageRow(string Name, string Severity, string Text);

    internal sealed record ServerRow(
        string Version, int Protocol, string Address, string ConnectionString, string Folder, DateTimeOffset StartedAt,
        double UptimeSeconds, int ProcessId, string Machine, string LogLevel, bool IsStopping);

    internal sealed record ClientsRow(int Connections, int ConnectionsMax, int Watches);

    internal sealed record RolesRow(
        GrvProxyRow GrvProxy, CommitProxyRow CommitProxy, ResolverRow Resolver, LogRow Log, StorageServerRow Storage,
        RatekeeperRow Ratekeeper);

    internal sealed record GrvProxyRow(long ReadVersions, double PerSecond);

    internal sealed record CommitProxyRow(
        long Waiting, long Committed, double CommittedPerSecond, long Conflicted, double ConflictedPerSecond,
        long TooOld, long Failed, long Mutations, double MutationsPerSecond, long Bytes, double BytesPerSecond);

    internal sealed record ResolverRow(long OldestVersion);

    internal sealed record LogRow(long Bytes, long WrittenBytes);

    internal sealed record StorageServerRow(
        long Gets, double GetsPerSecond, long Ranges, double RangesPerSecond, long Rows, double RowsPerSecond,
        long Bytes, double BytesPerSecond);

    internal sealed record RatekeeperRow(
        bool IsLimiting, string Reason, double? ReadVersionsPerSecondMax,
        IReadOnlyList<TagThrottleRow>? TagThrottles = null, bool ThrottlesHotTags = true);

    /// <summary>Requests wait; transactions start.</summary>
    internal sealed record TagThrottleRow(
        string Tag, double StartsPerSecondMax, double SecondsLeft, int Waiting, long Started, long Refused,
        bool IsAutomatic = false);

    /// <summary>Of the last half minute to minute.</summary>
    internal sealed record LatenciesRow(
        LatencyRow ReadVersion, LatencyRow Read, LatencyRow Commit, double? SlowThresholdMs, long SlowTransactions);

    internal sealed record LatencyRow(long Count, double MedianMs, double P99Ms, double LongestMs);

    internal sealed record VersionsRow(long Newest, long Durable, long Oldest);

    internal sealed record StorageRow(
        long TableBytes, int Tables, long BlobBytes, long LogBytes, long MemTableBytes, int SealedMemTables,
        long CacheBytes, long CacheBudgetBytes, double CacheHitRate, long CompactionDebtBytes, int RunningCompactions,
        int Snapshots, int OpenCursors, StallRow WriteStall, string? WriteFailure, long DamagesFound);

    internal sealed record StallRow(string Reason, long Waits, double WaitedSeconds, double LongestSeconds);

    /// <summary>The log is what is held for it; those that are away are not connected.</summary>
    internal sealed record FollowerRow(
        string Holder, string Address, double? AwaySeconds, long LogBytes, long? StoredVersion);

    internal sealed record DiskRow(long UsedBytes, long FreeBytes, long TotalBytes);

    internal sealed record ProcessRow(
        double CpuSeconds, double CpuCores, long ResidentBytes, long ManagedBytes, int Threads);

    internal sealed record FaultToleranceRow(int Copies, int MachineFailures, string Durability, string Text);
}
