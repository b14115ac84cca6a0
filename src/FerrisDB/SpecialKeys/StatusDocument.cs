using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FerrisDB;

/// <summary>
/// How the database is, as a JSON document in FoundationDB's form: what the client knows, and what the cluster says.
/// </summary>
internal static class StatusDocument
{
    /// <summary>Asks the server for its part. If none answers, that is what the document tells.</summary>
    public static async ValueTask AskAsync(TransactionContext context)
    {
        byte[]? status = null;
        try
        {
            status = await context.Database.Remote!.AskReportAsync(ReportKind.FoundationStatus);
        }
        catch (FerrisException error) when (error.Code is ErrorCode.TimedOut or ErrorCode.UnsupportedOperation)
        {
            // There is no server, or one that does not know.
        }
        lock (context.Gate)
            context.ServerStatus = status;
    }

    public static byte[] Connection(TransactionContext context) =>
        Encoding.UTF8.GetBytes(context.Database.Remote is { } remote
            ? remote.Where.ToString()
            : $"ferrisdb:embedded@{context.Database.Storage.Folder}");

    public static byte[] File(TransactionContext context) =>
        Encoding.UTF8.GetBytes(context.Database.Remote is { } remote
            ? remote.Where.File ?? context.Database.ClusterFile
            : context.Database.ClusterFile);

    public static byte[] Write(TransactionContext context)
    {
        var remote = context.Database.Remote;
        var clock = context.Database.Options.Storage.TimeProvider;
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteClient(json, context, remote, seconds);
            if (remote is null)
            {
                json.WriteStartObject("cluster");
                FoundationStatus.Write(json, FactsOf(context.Database, seconds));
                json.WriteEndObject();
            }
            else if (context.ServerStatus is { } status)
            {
                json.WritePropertyName("cluster");
                json.WriteRawValue(status);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The cluster's part of it, to be read; null if no server answers.</summary>
    public static JsonDocument? Cluster(TransactionContext context)
    {
        if (context.Database.Remote is not null)
            return context.ServerStatus is { } status ? JsonDocument.Parse(status) : null;
        var clock = context.Database.Options.Storage.TimeProvider;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FoundationStatus.Write(json, FactsOf(context.Database, clock.GetUtcNow().ToUnixTimeSeconds()));
            json.WriteEndObject();
        }
        return JsonDocument.Parse(buffer.WrittenMemory);
    }

    private static ClusterFacts FactsOf(Database database, long seconds)
    {
        var engine = database.Storage;
        return new ClusterFacts
        {
            Folder = engine.Folder,
            Generation = database.Embedded.Roles.Generation,
            Statistics = engine.GetStatistics(),
            WriteFailure = engine.WriteFailure?.Message,
            Watches = database.Embedded.Roles.Storage.Watches.Count,
            LockHolder = database.Embedded.Roles.Lock.Holder,
            UnixTimeSeconds = seconds,
        };
    }

    private static void WriteClient(
        Utf8JsonWriter json, TransactionContext context, RemoteCluster? remote, long seconds)
    {
        var isAvailable = remote is null || context.ServerStatus is not null;
        json.WriteStartObject("client");
        json.WriteStartObject("cluster_file");
        json.WriteString("path", remote is null ? context.Database.ClusterFile : remote.Where.File ?? "");
        json.WriteBoolean("up_to_date", true);
        json.WriteEndObject();
        json.WriteStartObject("coordinators");
        json.WriteStartArray("coordinators");
        foreach (var address in remote?.Where.Addresses ?? [])
        {
            json.WriteStartObject();
            json.WriteString("address", address.ToString());
            json.WriteBoolean("reachable", isAvailable);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("quorum_reachable", isAvailable);
        json.WriteEndObject();
        json.WriteStartObject("database_status");
        json.WriteBoolean("available", isAvailable);
        json.WriteBoolean("healthy", isAvailable);
        json.WriteEndObject();
        json.WriteStartArray("messages");
        if (!isAvailable)
        {
            json.WriteStartObject();
            json.WriteString("name", "unreachable_cluster_controller");
            json.WriteString("description", "No server answers that could tell how the cluster is.");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("timestamp", seconds);
        json.WriteEndObject();
    }
}
