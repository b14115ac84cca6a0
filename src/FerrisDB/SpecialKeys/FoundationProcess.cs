using System.Text.Json;

namespace FerrisDB;

/// <summary>The one process of a cluster, with all roles, in the form of FoundationDB's status.</summary>
internal static class FoundationProcess
{
    private const string Machine = "this";

    /// <summary>Writes the process as a member of the object "processes".</summary>
    public static void Write(Utf8JsonWriter json, ClusterFacts facts)
    {
        json.WriteStartObject(facts.Address is null ? "embedded" : Machine);
        json.WriteString("address", facts.Address ?? "127.0.0.1:0");
        json.WriteString("class_type", "unset");
        json.WriteString("class_source", "command_line");
        json.WriteBoolean("excluded", false);
        json.WriteString("fault_domain", Machine);
        json.WriteString("machine_id", Machine);
        json.WriteString("folder", facts.Folder);
        json.WriteNumber("process_id", Environment.ProcessId);
        json.WriteNumber("uptime_seconds", facts.Uptime.TotalSeconds);
        json.WriteString("version", ProductVersion.Text);
        json.WriteStartArray("messages");
        json.WriteEndArray();
        WriteMachine(json, facts);
        json.WriteStartArray("roles");
        foreach (var role in (string[])["master", "cluster_controller", "grv_proxy", "commit_proxy", "resolver"])
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteEndObject();
        }
        WriteLog(json, facts);
        WriteStorage(json, facts);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A total and its rate, as FoundationDB writes them.</summary>
    public static void WriteCounter(Utf8JsonWriter json, string name, long total, RoleRates rates, long lately)
    {
        json.WriteStartObject(name);
        json.WriteNumber("counter", total);
        json.WriteNumber("hz", Math.Round(rates.PerSecond(lately), 3));
        json.WriteNumber("roughness", 0);
        json.WriteEndObject();
    }

    private static void WriteMachine(Utf8JsonWriter json, ClusterFacts facts)
    {
        json.WriteStartObject("cpu");
        json.WriteNumber("usage_cores", Math.Round(facts.CpuCores, 3));
        json.WriteEndObject();
        json.WriteStartObject("memory");
        json.WriteNumber("used_bytes", facts.ResidentBytes);
        json.WriteNumber("rss_bytes", facts.ResidentBytes);
        json.WriteEndObject();
        json.WriteStartObject("disk");
        json.WriteNumber("total_bytes", facts.DiskTotalBytes);
        json.WriteNumber("free_bytes", facts.DiskFreeBytes);
        json.WriteEndObject();
        json.WriteStartObject("network");
        json.WriteNumber("current_connections", facts.Clients);
        json.WriteEndObject();
    }

    private static void WriteLog(Utf8JsonWriter json, ClusterFacts facts)
    {
        json.WriteStartObject();
        json.WriteString("role", "log");
        json.WriteNumber("data_version", facts.Statistics.LastVersion);
        json.WriteNumber("durable_version", facts.Statistics.LastVersion);
        json.WriteNumber("queue_disk_used_bytes", facts.Statistics.LogBytes);
        json.WriteNumber("queue_disk_free_bytes", facts.DiskFreeBytes);
        json.WriteNumber("queue_disk_total_bytes", facts.DiskTotalBytes);
        json.WriteEndObject();
    }

    private static void WriteStorage(Utf8JsonWriter json, ClusterFacts facts)
    {
        var statistics = facts.Statistics;
        json.WriteStartObject();
        json.WriteString("role", "storage");
        json.WriteNumber("data_version", statistics.LastVersion);
        json.WriteNumber("durable_version", statistics.DurableVersion);
        json.WriteNumber("stored_bytes", statistics.TableBytes + statistics.Blobs.LiveBytes);
        json.WriteNumber("kvstore_used_bytes", FoundationStatus.DiskBytes(statistics));
        json.WriteNumber("kvstore_free_bytes", facts.DiskFreeBytes);
        json.WriteNumber("kvstore_available_bytes", facts.DiskFreeBytes);
        json.WriteNumber("kvstore_total_bytes", facts.DiskTotalBytes);
        json.WriteNumber("watch_count", facts.Watches);
        json.WriteStartObject("data_lag");
        json.WriteNumber("versions", 0);
        json.WriteNumber("seconds", 0);
        json.WriteEndObject();
        if (facts.Counts is { } counts)
        {
            var lately = facts.Rates.Counts;
            WriteCounter(json, "total_queries", counts.Reads, facts.Rates, lately.Reads);
            WriteCounter(json, "finished_queries", counts.Reads, facts.Rates, lately.Reads);
            WriteCounter(json, "bytes_queried", counts.BytesRead, facts.Rates, lately.BytesRead);
            WriteCounter(json, "keys_queried", counts.Gets + counts.Rows, facts.Rates, lately.Gets + lately.Rows);
            WriteCounter(json, "mutations", counts.Mutations, facts.Rates, lately.Mutations);
            WriteCounter(json, "mutation_bytes", counts.BytesWritten, facts.Rates, lately.BytesWritten);
            json.WriteStartObject("read_latency_statistics");
            json.WriteNumber("count", facts.Reads.Count);
            json.WriteNumber("median", facts.Reads.Median.TotalSeconds);
            json.WriteNumber("p99", facts.Reads.P99.TotalSeconds);
            json.WriteNumber("max", facts.Reads.Longest.TotalSeconds);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
