using System.Text;
using System.Text.Json;

namespace FerrisDB.Cli;

/// <summary>Prints entries as lines of key, tab, value, or as one JSON document.</summary>
internal sealed class EntryPrinter(VerbContext context)
{
    private static readonly JsonEncodedText TupleName = JsonEncodedText.Encode("tuple");

    /// <summary>Leaves out the values.</summary>
    public required bool KeysOnly { get; init; }

    /// <summary>Keys that are tuples are printed as tuples.</summary>
    public required bool ShowsTuples { get; init; }

    /// <param name="entries">What to print.</param>
    /// <param name="isLimitAsked">The user asked for the limit, and need not be told of it.</param>
    public void Print(IEntries entries, bool isLimitAsked)
    {
        if (context.IsJson)
        {
            WriteJson(entries);
            return;
        }
        var printed = PrintLines(entries);
        if (entries.HasMore && !isLimitAsked)
            context.Console.Error.WriteLine($"… more than {printed} entries: use --limit N, or --limit 0 for all.");
    }

    private long PrintLines(IEntries entries)
    {
        var line = new StringBuilder();
        var count = 0L;
        while (entries.Next())
        {
            line.Clear();
            if (ShowsTuples)
                line.Append(KeyWord.FormatTuple(entries.Key));
            else
                EscapedText.Append(line, entries.Key);
            if (!KeysOnly)
                EscapedText.Append(line.Append('\t'), entries.Value);
            context.Out.WriteLine(line);
            count++;
        }
        return count;
    }

    private void WriteJson(IEntries entries)
    {
        context.Out.Flush();
        using var json = new Utf8JsonWriter(context.Console.Output, CliJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("entries");
        var count = 0L;
        try
        {
            while (entries.Next())
            {
                WriteEntry(json, entries);
                count++;
            }
            json.WriteEndArray();
            json.WriteNumber("count", count);
            json.WriteBoolean("more", entries.HasMore);
        }
        catch (FerrisException error)
        {
            json.WriteEndArray();
            json.WriteNumber("count", count);
            json.WritePropertyName("error");
            JsonSerializer.Serialize(json, ErrorJson.Of(error).Error, CliJson.Relaxed.Details);
            context.Console.HasAnsweredInJson = true;
            throw;
        }
        finally
        {
            json.WriteEndObject();
            json.Flush();
            context.Console.Output.WriteByte((byte)'\n');
        }
    }

    private void WriteEntry(Utf8JsonWriter json, IEntries entries)
    {
        const int FlushBytes = 64 << 10;
        json.WriteStartObject();
        JsonBytes.Write(json, JsonBytes.Key, entries.Key);
        if (ShowsTuples && KeyWord.TupleOf(entries.Key) is { } tuple)
            json.WriteString(TupleName, tuple);
        if (!KeysOnly)
            JsonBytes.Write(json, JsonBytes.Value, entries.Value);
        json.WriteEndObject();
        if (json.BytesPending > FlushBytes)
            json.Flush();
    }
}
