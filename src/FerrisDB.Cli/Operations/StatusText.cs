using System.Globalization;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>A status as people read it: a sentence, then a line for each part.</summary>
internal static class StatusText
{
    private const int LabelWidth = 17;

    /// <summary>Writes it.</summary>
    public static void Write(ServerStatus status, TextWriter writer)
    {
        writer.WriteLine(status.Summary);
        if (status.Versions is null)
            return;
        writer.WriteLine();
        WriteServer(status, writer);
        WriteRoles(status, writer);
        WriteLatencies(status, writer);
        WriteStorage(status, writer);
        if (status.Process is { } process)
            Line(writer, "process", $"{Number(process.CpuCores)} cores, {Amounts.Bytes(process.ResidentBytes)} "
                + $"resident, {Amounts.Bytes(process.ManagedBytes)} of it managed, {process.Threads} threads");
        if (status.FaultTolerance is { } tolerance)
            Line(writer, "fault tolerance", tolerance.Text);
    }

    /// <summary>A rate, as 1,234/s.</summary>
    public static string Rate(double perSecond) =>
        perSecond.ToString(perSecond is > 0 and < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture) + "/s";

    /// <summary>A time in milliseconds, as people write it.</summary>
    public static string Milliseconds(double milliseconds) => Amounts.Time(TimeSpan.FromMilliseconds(milliseconds));

    private static void WriteServer(ServerStatus status, TextWriter writer)
    {
        if (status.Server is not { } server)
            return;
        Line(writer, "server", $"FerrisDB {server.Version} at {server.Address}, up "
            + $"{Amounts.Time(TimeSpan.FromSeconds(server.UptimeSeconds))}, process {server.ProcessId} on "
            + server.Machine);
        Line(writer, "serving", $"{server.Folder} as {status.Cluster}, log level {server.LogLevel}");
        if (status.Clients is { } clients)
            Line(writer, "clients", $"{Amounts.Count(clients.Connections)} of {Amounts.Count(clients.ConnectionsMax)} "
                + $"at most, {Amounts.Count(clients.Watches, "watch", "watches")}");
    }

    private static void WriteRoles(ServerStatus status, TextWriter writer)
    {
        if (status.Roles is not { } roles)
            return;
        Line(writer, "read versions",
            $"{Rate(roles.GrvProxy.PerSecond)}, {Amounts.Count(roles.GrvProxy.ReadVersions)} in all");
        var storage = roles.Storage;
        Line(writer, "reads", $"{Rate(storage.GetsPerSecond)} keys, {Rate(storage.RangesPerSecond)} ranges of "
            + $"{Rate(storage.RowsPerSecond)} rows, {Amounts.Bytes(storage.BytesPerSecond)}/s");
        var proxy = roles.CommitProxy;
        Line(writer, "commits", $"{Rate(proxy.CommittedPerSecond)} of {Rate(proxy.MutationsPerSecond)} changes, "
            + $"{Amounts.Bytes(proxy.BytesPerSecond)}/s; {Amounts.Count(proxy.Waiting)} wait");
        Line(writer, "conflicts", $"{Rate(proxy.ConflictedPerSecond)}; in all "
            + $"{Amounts.Count(proxy.Conflicted)} conflicted, {Amounts.Count(proxy.TooOld)} too old, "
            + $"{Amounts.Count(proxy.Failed)} failed, {Amounts.Count(proxy.Committed)} committed");
        var limit = roles.Ratekeeper;
        Line(writer, "ratekeeper", !limit.IsLimiting
            ? "no limit"
            : $"limiting: {limit.Reason}" + (limit.ReadVersionsPerSecondMax is { } max
                ? $", {Rate(max)} read versions at most"
                : ""));
        foreach (var throttle in limit.TagThrottles ?? [])
            Line(writer, "throttled tag", Throttle(throttle));
    }

    /// <summary>How a tag is throttled.</summary>
    public static string Throttle(ServerStatus.TagThrottleRow row) =>
        $"{row.Tag}: {Rate(row.StartsPerSecondMax)} at most for "
        + $"{Amounts.Time(TimeSpan.FromSeconds(row.SecondsLeft))} more; {Amounts.Count(row.Started)} started, "
        + $"{Amounts.Count(row.Waiting)} wait, {Amounts.Count(row.Refused)} refused"
        + (row.IsAutomatic ? "; by the server, because storage cannot follow" : "");

    private static void WriteLatencies(ServerStatus status, TextWriter writer)
    {
        if (status.Latencies is not { } latencies)
            return;
        Line(writer, "read version in", Latency(latencies.ReadVersion));
        Line(writer, "read in", Latency(latencies.Read));
        Line(writer, "commit in", Latency(latencies.Commit));
        if (latencies.SlowThresholdMs is { } threshold)
            Line(writer, "slow", $"{Amounts.Count(latencies.SlowTransactions, "transaction")} took "
                + $"{Milliseconds(threshold)} or more");
    }

    private static void WriteStorage(ServerStatus status, TextWriter writer)
    {
        if (status.Versions is { } versions)
            Line(writer, "versions", $"newest {Amounts.Count(versions.Newest)}, in tables "
                + $"{Amounts.Count(versions.Durable)}, oldest readable {Amounts.Count(versions.Oldest)}");
        if (status.Storage is { } storage)
        {
            Line(writer, "storage", $"{Amounts.Bytes(storage.TableBytes)} in "
                + $"{Amounts.Count(storage.Tables, "table")}, {Amounts.Bytes(storage.BlobBytes)} in blobs, "
                + $"{Amounts.Bytes(storage.LogBytes)} of log");
            Line(writer, "memory", $"{Amounts.Bytes(storage.MemTableBytes)} of MemTables, "
                + $"{Amounts.Bytes(storage.CacheBytes)} of {Amounts.Bytes(storage.CacheBudgetBytes)} of cache, "
                + $"{storage.CacheHitRate.ToString("0 %", CultureInfo.InvariantCulture)} found there");
            Line(writer, "compaction", $"{Amounts.Count(storage.RunningCompactions)} running, "
                + $"{Amounts.Bytes(storage.CompactionDebtBytes)} to do");
            var stall = storage.WriteStall;
            Line(writer, "stalls", (stall.Reason == "None" ? "none now" : $"now: {stall.Reason}")
                + $"; {Amounts.Count(stall.Waits, "wait")}, "
                + $"{Amounts.Time(TimeSpan.FromSeconds(stall.LongestSeconds))} the longest");
        }
        foreach (var follower in status.Followers ?? [])
            Line(writer, "backup follow", Follower(follower));
        if (status.Disk is { } disk)
            Line(writer, "disk", $"{Amounts.Bytes(disk.UsedBytes)} used, {Amounts.Bytes(disk.FreeBytes)} free of "
                + Amounts.Bytes(disk.TotalBytes));
    }

    private static string Latency(ServerStatus.LatencyRow row) => row.Count == 0
        ? "none lately"
        : $"{Milliseconds(row.MedianMs)} median, {Milliseconds(row.P99Ms)} p99, {Milliseconds(row.LongestMs)} longest";

    private static string Follower(ServerStatus.FollowerRow row) => $"{row.Holder} from {row.Address}, "
        + (row.AwaySeconds is { } away ? $"away for {Amounts.Time(TimeSpan.FromSeconds(away))}" : "connected")
        + $", {Amounts.Bytes(row.LogBytes)} of log held"
        + (row.StoredVersion is { } version ? $", stored up to {Amounts.Count(version)}" : "");

    private static string Number(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);

    private static void Line(TextWriter writer, string label, string text) =>
        writer.WriteLine(label.PadRight(LabelWidth) + text);
}
