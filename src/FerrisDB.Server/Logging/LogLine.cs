using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>One line of a log. What is in a message never makes it two.</summary>
internal static class LogLine
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const string Template = "{OriginalFormat}";
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For people.</summary>
    public static string Text(
        DateTimeOffset now, LogLevel severity, string category, string message, Exception? error)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Time(now)} {Name(severity),-8} {category}: {message}{(error is null ? "" : $" | {error}")}");
        return text.ReplaceLineEndings(" | ");
    }

    /// <summary>For machines.</summary>
    public static string Json(
        DateTimeOffset now, LogLevel severity, string category, string message,
        IEnumerable<KeyValuePair<string, object?>>? parts, Exception? error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteString("time", Time(now));
            json.WriteString("level", Name(severity));
            json.WriteString("category", category);
            json.WriteString("message", message);
            foreach (var (name, value) in parts ?? [])
            {
                if (name != Template)
                    WritePart(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
            }
            if (error is not null)
                json.WriteString("exception", error.ToString());
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WritePart(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                return;
            case bool flag:
                json.WriteBoolean(name, flag);
                return;
            case int number:
                json.WriteNumber(name, number);
                return;
            case long number:
                json.WriteNumber(name, number);
                return;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                return;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                return;
        }
    }

    private static string Time(DateTimeOffset now) =>
        now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Name(LogLevel severity) => LogLevelSwitch.Names[(int)severity];
}
