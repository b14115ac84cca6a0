using static FerrisDB.Server.ServerStatus;

namespace FerrisDB.Server;

/// <summary>Draws up the status of a server, or of a folder that is open in this process.</summary>
internal static class StatusReader
{
    private const int Digits = 3;

    /// <summary>Of a server.</summary>
    public static ServerStatus Of(ServedCluster served)
    {
        var statistics = served.Engine.GetStatistics();
        var rates = served.Pulse.Rates;
        var disk = DiskSpace.Of(served.Engine.Folder);
        var limit = served.Roles.RatekeeperStatus.Reason;
        var refusal = StatusMessages.OfOpening(served.Roles.Roles);
        MessageRow?[] lasting = [refusal, StatusMessages.OfLock(served.Roles.Roles.Lock.Holder)];
        var notices = lasting.OfType<MessageRow>().Concat(served.Notices);
        var messages = StatusMessages.Of(served.Engine, statistics, disk, served.IsStopping, limit, notices);
        var isAlive = served.Engine.WriteFailure is null && refusal is null;
        return new ServerStatus
        {
            Health = messages.Any(message => message.Severity != StatusMessages.Info) ? Degraded : Healthy,
            Summary = StatusMessages.Summarize(messages, isAlive, served.Connections.Count, rates),
            Messages = messages,
            Cluster = served.Name,
            Server = ServerOf(served),
            Clients = new ClientsRow(
                served.Connections.Count, served.Options.ConnectionsMax, served.Roles.Roles.Storage.Watches.Count),
            Roles = RolesOf(served, statistics, rates),
            Latencies = LatenciesOf(served.Roles.Activity),
            Versions = VersionsOf(statistics),
            Storage = StorageOf(statistics, served.Engine),
            Followers = FollowersOf(served.Roles.Followers),
            Disk = DiskOf(statistics, disk),
            Process = ProcessOf(served),
            FaultTolerance = FaultToleranceOf(served.Engine),
        };
    }

    /// <summary>Of a folder that nobody serves.</summary>
    public static ServerStatus Of(StorageEngine engine)
    {
        var statistics = engine.GetStatistics();
        var disk = DiskSpace.Of(engine.Folder);
        var locked = StatusMessages.OfLock(engine.Get(DatabaseLock.Key) is { } value ? DatabaseLock.IdIn(value) : null);
        var messages = StatusMessages.Of(
            engine, statistics, disk, isStopping: false, RateLimitReason.None, locked is null ? [] : [locked]);
        var isHealthy = messages.All(message => message.Severity == StatusMessages.Info);
        return new ServerStatus
        {
            Health = isHealthy ? Healthy : Degraded,
            Summary = isHealthy
                ? "healthy: a folder that no server has open"
                : string.Join("; ", messages.Select(message => message.Text)),
            Messages = messages,
            Versions = VersionsOf(statistics),
            Storage = StorageOf(statistics, engine),
            Disk = DiskOf(statistics, disk),
            FaultTolerance = FaultToleranceOf(engine),
        };
    }

    /// <summary>Of a cluster of which no server answers.</summary>
    public static ServerStatus Missing(string cluster, string why) => new()
    {
        Health = Unavailable,
        Summary = $"unavailable: {why}",
        Messages = [new MessageRow("unreachable", StatusMessages.Error, why)],
        Cluster = cluster,
    };

    private static ServerRow ServerOf(ServedCluster served) => new(
        ProductVersion.Text, ProtocolFormat.NewestVersion, served.Address, served.ConnectionString,
        served.Engine.Folder, served.Started, Round(served.Uptime.TotalSeconds), Environment.ProcessId,
        Environment.MachineName, served.Options.LogLevel.Name, served.IsStopping);

    private static RolesRow RolesOf(ServedCluster served, StorageStatistics statistics, RoleRates rates)
    {
        var counts = served.Roles.Activity.Counts;
        var lately = rates.Counts;
        return new RolesRow(
            new GrvProxyRow(counts.ReadVersions, Rate(rates, lately.ReadVersions)),
            new CommitProxyRow(
                Math.Max(counts.CommitsWaiting, 0), counts.Committed, Rate(rates, lately.Committed),
                counts.Conflicted, Rate(rates, lately.Conflicted), counts.TooOld, counts.Failed, counts.Mutations,
                Rate(rates, lately.Mutations), counts.BytesWritten, Rate(rates, lately.BytesWritten)),
            new ResolverRow(served.Roles.Roles.Resolver.OldestVersion),
            new LogRow(statistics.LogBytes, statistics.Writes.LogBytes),
            new StorageServerRow(
                counts.Gets, Rate(rates, lately.Gets), counts.Ranges, Rate(rates, lately.Ranges), counts.Rows,
                Rate(rates, lately.Rows), counts.BytesRead, Rate(rates, lately.BytesRead)),
            RatekeeperOf(
                served.Roles.RatekeeperStatus, statistics.WriteStall.Reason,
                ThrottlesOf(served.Roles.Tags, served.Options.TimeProvider), served.Roles.HotTags.IsEnabled));
    }

    // Writers are held up by the engine itself, whatever the ratekeeper lets through.
    private static RatekeeperRow RatekeeperOf(
        in RatekeeperStatus status, WriteStallReason stall, IReadOnlyList<TagThrottleRow>? throttles,
        bool throttlesHotTags)
    {
        var isLimiting = status.Reason != RateLimitReason.None;
        return new RatekeeperRow(
            isLimiting || stall != WriteStallReason.None,
            isLimiting ? status.Reason.ToString() : stall == WriteStallReason.None ? "none" : stall.ToString(),
            isLimiting ? Round(status.StartsPerSecondMax) : null, throttles, throttlesHotTags);
    }

    private static IReadOnlyList<TagThrottleRow>? ThrottlesOf(TagThrottles tags, TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        return tags.IsEmpty
            ? null
            : [.. tags.All.Select(each => new TagThrottleRow(
                KeyText.Of(each.Tag), each.StartsPerSecond,
                each.EndsAt > now ? Round(clock.GetElapsedTime(now, each.EndsAt).TotalSeconds) : 0,
                each.Waiting, each.Started, each.Refused, each.IsAutomatic))];
    }

    private static LatenciesRow LatenciesOf(RoleActivity activity) => new(
        LatencyOf(activity.ReadVersions), LatencyOf(activity.Reads), LatencyOf(activity.Commits),
        activity.Slow?.Threshold.TotalMilliseconds, activity.Slow?.Total ?? 0);

    private static LatencyRow LatencyOf(LatencyWindow window)
    {
        var summary = window.Summarize();
        return new LatencyRow(
            summary.Count, Round(summary.Median.TotalMilliseconds), Round(summary.P99.TotalMilliseconds),
            Round(summary.Longest.TotalMilliseconds));
    }

    private static VersionsRow VersionsOf(StorageStatistics statistics) =>
        new(statistics.LastVersion, statistics.DurableVersion, statistics.Floor);

    private static StorageRow StorageOf(StorageStatistics statistics, StorageEngine engine) => new(
        statistics.TableBytes, statistics.Tables, statistics.Blobs.SizeBytes, statistics.LogBytes,
        statistics.ActiveMemTable.SizeBytes + statistics.SealedMemTables.SizeBytes, statistics.SealedMemTables.Count,
        statistics.BlockCache.SizeBytes, statistics.BlockCache.BudgetBytes, Round(statistics.Reads.HitRate),
        statistics.CompactionDebtBytes, statistics.RunningCompactions.Count, statistics.Snapshots,
        statistics.OpenCursors,
        new StallRow(
            statistics.WriteStall.Reason.ToString(), statistics.WriteStall.Waits,
            Round(statistics.WriteStall.Waited.TotalSeconds), Round(statistics.WriteStall.LongestWait.TotalSeconds)),
        engine.WriteFailure?.Message, statistics.Scrub.Damages);

    private static IReadOnlyList<FollowerRow>? FollowersOf(FollowedLogs logs) => logs.Followers is { Count: > 0 } all
        ? [.. all.Select(static each => new FollowerRow(
            each.Holder, each.Address, each.Away is { } away ? Round(away.TotalSeconds) : null, each.LogBytes,
            each.StoredVersion))]
        : null;

    private static DiskRow DiskOf(StorageStatistics statistics, DiskSpace disk) =>
        new(FoundationStatus.DiskBytes(statistics), disk.FreeBytes, disk.TotalBytes);

    private static ProcessRow ProcessOf(ServedCluster served) => new(
        Round(Environment.CpuUsage.TotalTime.TotalSeconds), Round(served.Pulse.CpuCores), Environment.WorkingSet,
        GC.GetTotalMemory(forceFullCollection: false), ThreadPool.ThreadCount);

    private static FaultToleranceRow FaultToleranceOf(StorageEngine engine)
    {
        var durability = engine.Options.Durability;
        var kept = durability switch
        {
            Durability.Sync => "what it acknowledged survives a crash of the machine",
            Durability.Process => "what it acknowledged survives a crash of the process, not of the machine",
            _ => "what it acknowledged may be lost in a crash",
        };
        return new FaultToleranceRow(
            1, 0, durability.ToString(),
            $"one copy: {kept}; if its disk is lost, a backup is what is left");
    }

    private static double Rate(RoleRates rates, long count) => Math.Round(rates.PerSecond(count), 1);

    private static double Round(double number) => Math.Round(number, Digits);
}
