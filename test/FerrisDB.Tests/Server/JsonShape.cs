using System.Text;
using System.Text.Json;

namespace FerrisDB.Tests.Server;

/// <summary>The members of a JSON document and their types, without their values: what its readers rely on.</summary>
internal static class JsonShape
{
    /// <summary>A line for each member; of a list the shape of its first element.</summary>
    public static string Of(JsonElement document)
    {
        var text = new StringBuilder();
        Add(document, "", text);
        return text.ToString();
    }

    private static void Add(JsonElement element, string path, StringBuilder text)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                    Add(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", text);
                return;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                foreach (var each in element.EnumerateArray())
                    Add(each, path + "[]", text);
                return;
            case JsonValueKind.Array:
                text.Append(path).Append("[]\n");
                return;
            default:
                var type = element.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? "boolean"
                    : element.ValueKind.ToString().ToLowerInvariant();
                text.Append(path).Append(": ").Append(type).Append('\n');
                return;
        }
    }
}
