using System.Text.Json;

namespace FerrisDB;

/// <summary>
/// The cluster's part of the status in FoundationDB's form: the members that its tools and bindings read, with the
/// numbers of this cluster, and a few of its own.
/// </summary>
internal static class FoundationStatus
{
    // Of a server whose disk has less than this share left it says so, as FoundationDB does.
    private const double FreeShareMin = 0.05;

    /// <summary>Writes the members of the object "cluster".</summary>
    public static void Write(Utf8JsonWriter json, ClusterFacts facts)
    {
        WriteState(json, facts);
        WriteConfiguration(json);
        WriteData(json, facts);
        WriteWorkload(json, facts);
        WriteLimits(json, facts);
        WriteLatencies(json, facts);
        json.WriteStartObject("clients");
        json.WriteNumber("count", facts.Clients);
        json.WriteStartArray("supported_versions");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("processes");
        FoundationProcess.Write(json, facts);
        json.WriteEndObject();
        WriteOwn(json, facts.Statistics);
    }

    private static void WriteState(Utf8JsonWriter json, ClusterFacts facts)
    {
        json.WriteBoolean("database_available", true);
        json.WriteBoolean("full_replication", true);
        json.WriteNumber("generation", facts.Generation);
        json.WriteNumber("cluster_controller_timestamp", facts.UnixTimeSeconds);
        if (facts.ConnectionString is { } connection)
            json.WriteString("connection_string", connection);
        json.WriteStartObject("database_lock_state");
        json.WriteBoolean("locked", facts.LockHolder is not null);
        if (facts.LockHolder is { } holder)
            json.WriteString("lock_uid", holder);
        json.WriteEndObject();
        json.WriteStartObject("recovery_state");
        json.WriteString("name", "fully_recovered");
        json.WriteString("description", "Recovery complete.");
        json.WriteEndObject();
        json.WriteStartObject("fault_tolerance");
        json.WriteNumber("max_zone_failures_without_losing_availability", 0);
        json.WriteNumber("max_zone_failures_without_losing_data", 0);
        json.WriteEndObject();
        json.WriteStartArray("messages");
        foreach (var (name, description) in Messages(facts))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("description", description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static IEnumerable<(string Name, string Description)> Messages(ClusterFacts facts)
    {
        if (facts.WriteFailure is { } failure)
            yield return ("storage_servers_error", $"Writes have stopped: {failure}");
        if (facts.DiskTotalBytes > 0 && facts.DiskFreeBytes < facts.DiskTotalBytes * FreeShareMin)
            yield return ("low_disk_space", $"{facts.DiskFreeBytes} bytes of the disk are free.");
        if (facts.Statistics.WriteStall.Reason is var reason and not WriteStallReason.None)
            yield return ("write_stall", $"Writers are held up: {reason}.");
    }

    private static void WriteConfiguration(Utf8JsonWriter json)
    {
        json.WriteStartObject("configuration");
        json.WriteString("redundancy_mode", "single");
        json.WriteString("storage_engine", "ferrisdb");
        json.WriteNumber("coordinators_count", 1);
        json.WriteNumber("usable_regions", 1);
        json.WriteNumber("logs", 1);
        json.WriteNumber("resolvers", 1);
        json.WriteNumber("commit_proxies", 1);
        json.WriteNumber("grv_proxies", 1);
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, ClusterFacts facts)
    {
        var statistics = facts.Statistics;
        json.WriteStartObject("data");
        json.WriteStartObject("state");
        json.WriteString("name", "healthy");
        json.WriteBoolean("healthy", true);
        json.WriteNumber("min_replicas_remaining", 1);
        json.WriteEndObject();
        json.WriteNumber("total_disk_used_bytes", DiskBytes(statistics));
        json.WriteNumber("total_kv_size_bytes", statistics.TableBytes + statistics.Blobs.LiveBytes);
        json.WriteNumber("partitions_count", 1);
        json.WriteNumber("average_partition_size_bytes", statistics.TableBytes + statistics.Blobs.LiveBytes);
        json.WriteNumber("least_operating_space_bytes_storage_server", facts.DiskFreeBytes);
        json.WriteNumber("least_operating_space_bytes_log_server", facts.DiskFreeBytes);
        json.WriteStartObject("moving_data");
        json.WriteNumber("in_flight_bytes", 0);
        json.WriteNumber("in_queue_bytes", 0);
        json.WriteNumber("total_written_bytes", 0);
        json.WriteEndObject();
        json.WriteNumber("snapshots", statistics.Snapshots);
        json.WriteEndObject();
    }

    private static void WriteWorkload(Utf8JsonWriter json, ClusterFacts facts)
    {
        json.WriteStartObject("workload");
        json.WriteStartObject("operations");
        var lately = facts.Rates.Counts;
        if (facts.Counts is { } counts)
        {
            FoundationProcess.WriteCounter(json, "reads", counts.Reads, facts.Rates, lately.Reads);
            FoundationProcess.WriteCounter(json, "read_requests", counts.Reads, facts.Rates, lately.Reads);
            FoundationProcess.WriteCounter(json, "writes", counts.Mutations, facts.Rates, lately.Mutations);
            json.WriteEndObject();
            json.WriteStartObject("keys");
            FoundationProcess.WriteCounter(
                json, "read", counts.Gets + counts.Rows, facts.Rates, lately.Gets + lately.Rows);
            json.WriteEndObject();
            json.WriteStartObject("bytes");
            FoundationProcess.WriteCounter(json, "read", counts.BytesRead, facts.Rates, lately.BytesRead);
            FoundationProcess.WriteCounter(json, "written", counts.BytesWritten, facts.Rates, lately.BytesWritten);
            json.WriteEndObject();
            json.WriteStartObject("transactions");
            FoundationProcess.WriteCounter(json, "started", counts.ReadVersions, facts.Rates, lately.ReadVersions);
            FoundationProcess.WriteCounter(json, "committed", counts.Committed, facts.Rates, lately.Committed);
            FoundationProcess.WriteCounter(json, "conflicted", counts.Conflicted, facts.Rates, lately.Conflicted);
        }
        else
        {
            var written = facts.Statistics.Writes.Entries;
            FoundationProcess.WriteCounter(json, "writes", written, default, 0);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter json, ClusterFacts facts)
    {
        // What FoundationDB says when nothing limits: more than any client could ask for.
        const double Unlimited = 1_000_000_000;
        json.WriteStartObject("qos");
        json.WriteNumber("transactions_per_second_limit", facts.ReadVersionsPerSecondMax ?? Unlimited);
        json.WriteNumber("released_transactions_per_second", facts.Rates.PerSecond(facts.Rates.Counts.ReadVersions));
        json.WriteNumber("worst_queue_bytes_storage_server",
            facts.Statistics.ActiveMemTable.SizeBytes + facts.Statistics.SealedMemTables.SizeBytes);
        json.WriteNumber("worst_queue_bytes_log_server", facts.Statistics.LogBytes);
        json.WriteStartObject("performance_limited_by");
        json.WriteString("name", facts.LimitReason);
        json.WriteString("description", facts.LimitReason == "workload"
            ? "The database is not being saturated by the workload."
            : $"Storage does not follow: {facts.LimitReason}.");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLatencies(Utf8JsonWriter json, ClusterFacts facts)
    {
        if (facts.Counts is null)
            return;
        json.WriteStartObject("latency_probe");
        json.WriteNumber("read_seconds", facts.Reads.Median.TotalSeconds);
        json.WriteNumber("commit_seconds", facts.Commits.Median.TotalSeconds);
        json.WriteNumber("transaction_start_seconds", facts.ReadVersions.Median.TotalSeconds);
        json.WriteEndObject();
    }

    private static void WriteOwn(Utf8JsonWriter json, StorageStatistics statistics)
    {
        json.WriteStartObject("versions");
        json.WriteNumber("newest", statistics.LastVersion);
        json.WriteNumber("floor", statistics.Floor);
        json.WriteNumber("durable_in_tables", statistics.DurableVersion);
        json.WriteEndObject();
        json.WriteString("write_stall", statistics.WriteStall.Reason.ToString());
    }

    /// <summary>Bytes of the files of a database.</summary>
    public static long DiskBytes(StorageStatistics statistics) =>
        statistics.TableBytes + statistics.Blobs.SizeBytes + statistics.LogBytes;
}
