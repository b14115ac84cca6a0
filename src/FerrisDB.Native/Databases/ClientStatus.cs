using System.Buffers;
using System.Text.Json;

namespace FerrisDB.Native;

/// <summary>How a database is, as its client sees it: a JSON document of FoundationDB's members.</summary>
internal static class ClientStatus
{
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
            json.WriteString("CurrentCoordinator", "embedded");
            foreach (var roles in (string[])
                ["Coordinators", "GrvProxies", "CommitProxies", "StorageServers", "Connections"])
            {
                json.WriteStartArray(roles);
                json.WriteEndArray();
            }
            json.WriteNumber("NumConnectionsFailed", 0);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
