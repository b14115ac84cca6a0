using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerrisDB.Server;

/// <summary>How the documents of a server are written as JSON: camelCase, without members that say nothing.</summary>
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(HotKeyReport))]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>The context to serialize with.</summary>
    public static ServerJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
