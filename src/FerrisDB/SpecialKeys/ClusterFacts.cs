namespace FerrisDB;

/// <summary>What there is to tell of a cluster that is one process, for its status in FoundationDB's form.</summary>
internal sealed record ClusterFacts
{
    /// <summary>Where it listens; null if it does not.</summary>
    public string? Address { get; init; }

    /// <summary>How clients reach it; null if none can.</summary>
    public string? ConnectionString { get; init; }

    public required string Folder { get; init; }

    /// <summary>Greater with each time that it is served.</summary>
    public required long Generation { get; init; }

    public required StorageStatistics Statistics { get; init; }

    /// <summary>What has stopped writes, if anything has.</summary>
    public string? WriteFailure { get; init; }

    /// <summary>What was asked of its roles; null of an embedded database, which does not count that.</summary>
    public RoleCounts? Counts { get; init; }

    /// <summary>The same of the last seconds.</summary>
    public RoleRates Rates { get; init; }

    public LatencySummary ReadVersions { get; init; }

    public LatencySummary Reads { get; init; }

    public LatencySummary Commits { get; init; }

    /// <summary>Connections of clients.</summary>
    public int Clients { get; init; }

    public int Watches { get; init; }

    /// <summary>The id of who has locked the database; null if nobody has.</summary>
    public string? LockHolder { get; init; }

    /// <summary>Bytes of the disk of the folder, and those that are free; 0 if that is not known.</summary>
    public long DiskTotalBytes { get; init; }

    public long DiskFreeBytes { get; init; }

    /// <summary>Since it began.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>Cores that it used lately.</summary>
    public double CpuCores { get; init; }

    public long ResidentBytes { get; init; }

    /// <summary>Now, in seconds since 1970.</summary>
    public long UnixTimeSeconds { get; init; }

    /// <summary>Read versions a second that are given out at most; null if there is no limit now.</summary>
    public double? ReadVersionsPerSecondMax { get; init; }

    /// <summary>Why there is such a limit, or writers are held up: one word; <c>workload</c> if they are not.</summary>
    public string LimitReason { get; init; } = "workload";
}
