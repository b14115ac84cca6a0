using System.Buffers;
using System.Text.Json;

namespace FerrisDB.Native;

/// <summary>How a database is, as its client sees it: a JSON document of FoundationDB's members.</summary>
internal static class ClientStatus
{
    // One server has all of them.
    private static readonly string[] Roles = ["Coordinators", "GrvProxies", "CommitProxies", "StorageServers"];

    public static byte[] Write(DatabaseHandle database)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("Healthy", database.Error == 0);
            if (database.Error != 0)
                json.WriteNumber("InitializationError", database.Error);
            json.WriteString("ClusterID", "ferrisdb");
            json.WriteString("CurrentCoordinator", database.Servers is [var first, ..] ? first : "embedded");
            foreach (var roles in Roles)
            {
                json.WriteStartArray(roles);
                foreach (var server in database.Servers)
                    json.WriteStringValue(server);
                json.WriteEndArray();
            }
            // Who each is connected to is not told.
            json.WriteStartArray("Connections");
            json.WriteEndArray();
            json.WriteNumber("NumConnectionsFailed", 0);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
