using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FerrisDB;

// Below metrics/health/, JSON documents in FoundationDB's form:
//
//     aggregate      what limits the database
//     log/ID         bytes of the log
//     storage/ID     how much waits for storage, and how far storage is behind, in versions
//
// and below metrics/data_distribution_stats/ the size of each shard, by its first key: of the only one, the empty key.

/// <summary>How storage fares, as special keys: from the numbers of the status.</summary>
internal static class HealthRows
{
    public static List<SpecialRow> Shards(TransactionContext context, byte[] prefix)
    {
        using var status = StatusDocument.Cluster(context);
        return status is null
            ? []
            : [Row(prefix, "", json =>
            {
                json.WriteNumber("shard_bytes", Number(status.RootElement, "data", "total_kv_size_bytes"));
                json.WriteNumber("shard_bytes_per_ksecond", 0);
            })];
    }

    public static List<SpecialRow> Read(TransactionContext context, byte[] prefix)
    {
        using var status = StatusDocument.Cluster(context);
        if (status is null)
            return [];
        var cluster = status.RootElement;
        var limit = Number(cluster, "qos", "transactions_per_second_limit");
        var logQueue = Number(cluster, "qos", "worst_queue_bytes_log_server");
        var storageQueue = Number(cluster, "qos", "worst_queue_bytes_storage_server");
        var lag = Number(cluster, "versions", "newest") - Number(cluster, "versions", "durable_in_tables");
        var id = ClusterRows.IdOf(context);
        return
        [
            Row(prefix, "aggregate", json =>
            {
                json.WriteBoolean("batch_limited", IsLimited(cluster));
                json.WriteNumber("limiting_storage_durability_lag", lag);
                json.WriteNumber("limiting_storage_queue", storageQueue);
                json.WriteNumber("tps_limit", limit);
                json.WriteNumber("worst_log_queue", logQueue);
                json.WriteNumber("worst_storage_durability_lag", lag);
                json.WriteNumber("worst_storage_queue", storageQueue);
            }),
            Row(prefix, $"log/{id}", json => json.WriteNumber("log_queue", logQueue)),
            Row(prefix, $"storage/{id}", json =>
            {
                json.WriteNumber("cpu_usage", CpuPercent(cluster));
                json.WriteNumber("disk_usage", 0);
                json.WriteNumber("storage_durability_lag", lag);
                json.WriteNumber("storage_queue", storageQueue);
            }),
        ];
    }

    private static bool IsLimited(JsonElement cluster) =>
        cluster.TryGetProperty("qos", out var qos)
        && qos.TryGetProperty("performance_limited_by", out var limit)
        && limit.TryGetProperty("name", out var name)
        && !name.ValueEquals("workload"u8);

    // Of the only process, and of one core.
    private static double CpuPercent(JsonElement cluster) =>
        cluster.TryGetProperty("processes", out var processes)
            ? 100 * processes.EnumerateObject().Sum(static each => Number(each.Value, "cpu", "usage_cores"))
            : 0;

    private static double Number(JsonElement cluster, string part, string member) =>
        cluster.TryGetProperty(part, out var element) && element.TryGetProperty(member, out var number)
            ? number.GetDouble()
            : 0;

    private static SpecialRow Row(byte[] prefix, string name, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return new SpecialRow([.. prefix, .. Encoding.UTF8.GetBytes(name)], buffer.WrittenSpan.ToArray());
    }
}
