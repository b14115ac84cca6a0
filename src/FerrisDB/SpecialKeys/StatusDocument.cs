using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FerrisDB;

/// <summary>
/// How the database is, as a JSON document: FoundationDB's members as far as they mean something here.
/// </summary>
internal static class StatusDocument
{
    public static byte[] Connection(TransactionContext context) =>
        Encoding.UTF8.GetBytes(context.Cluster is RemoteCluster remote
            ? remote.Where.ToString()
            : $"ferrisdb:embedded@{context.Database.Storage.Folder}");

    public static byte[] File(TransactionContext context) =>
        Encoding.UTF8.GetBytes(context.Cluster is RemoteCluster remote
            ? remote.Where.File ?? context.Database.ClusterFile
            : context.Database.ClusterFile);

    public static byte[] Write(TransactionContext context)
    {
        var engine = context.Database.Storage;
        var statistics = engine.GetStatistics();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteClient(json);
            WriteCluster(json, engine, statistics);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteClient(Utf8JsonWriter json)
    {
        json.WriteStartObject("client");
        json.WriteStartObject("database_status");
        json.WriteBoolean("available", true);
        json.WriteBoolean("healthy", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCluster(Utf8JsonWriter json, StorageEngine engine, StorageStatistics statistics)
    {
        json.WriteStartObject("cluster");
        json.WriteBoolean("database_available", true);
        json.WriteNumber("generation", 1);
        json.WriteStartObject("configuration");
        json.WriteString("redundancy_mode", "single");
        json.WriteString("storage_engine", "ferrisdb");
        json.WriteEndObject();
        json.WriteStartObject("processes");
        json.WriteStartObject("embedded");
        json.WriteString("address", "127.0.0.1:0");
        json.WriteString("folder", engine.Folder);
        json.WriteNumber("process_id", Environment.ProcessId);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("data");
        json.WriteNumber("total_disk_used_bytes", statistics.Levels.Sum(level => level.SizeBytes));
        json.WriteNumber("snapshots", statistics.Snapshots);
        json.WriteEndObject();
        json.WriteStartObject("versions");
        json.WriteNumber("newest", statistics.LastVersion);
        json.WriteNumber("floor", statistics.Floor);
        json.WriteNumber("durable_in_tables", statistics.DurableVersion);
        json.WriteEndObject();
        json.WriteString("write_stall", statistics.WriteStall.Reason.ToString());
        json.WriteEndObject();
    }
}
