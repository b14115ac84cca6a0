using System.Text.Json;
using System.Text.Unicode;

namespace FerrisDB.Cli;

/// <summary>
/// Keys and values in JSON: the text itself if the bytes are UTF-8. Otherwise the text with <c>\xNN</c> escapes, for
/// people, and beside it the same name with <c>Base64</c> behind, which holds the bytes.
/// </summary>
internal sealed class JsonBytes(string name)
{
    public static readonly JsonBytes Key = new("key");
    public static readonly JsonBytes Value = new("value");

    private readonly JsonEncodedText _name = JsonEncodedText.Encode(name);
    private readonly JsonEncodedText _base64Name = JsonEncodedText.Encode(name + "Base64");

    public static void Write(Utf8JsonWriter json, JsonBytes member, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            json.WriteString(member._name, bytes);
            return;
        }
        json.WriteString(member._name, EscapedText.Format(bytes));
        json.WriteBase64String(member._base64Name, bytes);
    }

    /// <summary>The two members as text, the second one null if it is not needed.</summary>
    public static (string Text, string? Base64) Of(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes)
            ? (System.Text.Encoding.UTF8.GetString(bytes), null)
            : (EscapedText.Format(bytes), Convert.ToBase64String(bytes));
}
