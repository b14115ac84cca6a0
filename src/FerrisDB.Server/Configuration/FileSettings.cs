using System.Text;
using System.Text.Json;

namespace FerrisDB.Server;

// {
//     // Comments and a last comma are fine.
//     "data": "/var/lib/ferrisdb",
//     "listen": "10.0.0.1:4500",
//     "insecure": true,
// }

/// <summary>What is said in a file: one JSON object of texts, numbers and true or false.</summary>
internal sealed class FileSettings : ISettingSource
{
    private static readonly JsonReaderOptions Reading =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly string _path;
    private readonly Dictionary<string, (string Text, int Line)> _values = [];

    private FileSettings(string path) => _path = path;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="known">The settings that there are; a file that names another is refused.</param>
    /// <exception cref="SettingException">It cannot be read, or is not of that form.</exception>
    public static FileSettings Load(string path, IReadOnlyList<Setting> known)
    {
        try
        {
            using var file = new FileInfo(path).OpenText();
            return Parse(path, Encoding.UTF8.GetBytes(file.ReadToEnd()), known);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"The configuration file {path} cannot be read: {failure.Message}");
        }
    }

    /// <summary>As <see cref="Load"/>, of what stands in a file.</summary>
    public static FileSettings Parse(string path, ReadOnlySpan<byte> json, IReadOnlyList<Setting> known)
    {
        var settings = new FileSettings(path);
        var reader = new Utf8JsonReader(json, Reading);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw settings.Wrong(1, "it is not one JSON object, such as {\"listen\": \"127.0.0.1:4500\"}");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                settings.Add(ref reader, json, known);
            reader.Read();
        }
        catch (JsonException error)
        {
            throw settings.Wrong((int)(error.LineNumber ?? 0) + 1, "it is not JSON there");
        }
        return settings;
    }

    public string? Find(Setting setting) => _values.TryGetValue(setting.Name, out var value) ? value.Text : null;

    public string PlaceOf(Setting setting) => $"{_path}, line {_values[setting.Name].Line}, \"{setting.Name}\"";

    private void Add(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, IReadOnlyList<Setting> known)
    {
        var name = reader.GetString()!;
        var line = json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
        if (known.All(setting => setting.Name != name))
        {
            var names = string.Join(", ", known.Select(setting => setting.Name));
            throw Wrong(line, $"there is no setting \"{name}\". There are: {names}");
        }
        reader.Read();
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => Encoding.ASCII.GetString(reader.ValueSpan),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => throw Wrong(line, $"\"{name}\" is neither a text, nor a number, nor true or false"),
        };
        if (!_values.TryAdd(name, (text, line)))
            throw Wrong(line, $"\"{name}\" is said a second time");
    }

    private SettingException Wrong(int line, string what) => new($"{_path}, line {line}: {what}.");
}
