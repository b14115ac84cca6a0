using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace FerrisDB.Cli;

/// <summary>Prints entries in the order of their keys.</summary>
internal sealed class RangeCommand()
    : Verb("range", "Prints the entries of a range as lines of key, tab, value.", DatabaseAccess.Read)
{
    // A terminal shows about as much; nobody wants a million lines by accident.
    private const long LimitOnTerminal = 25;

    private readonly KeyBounds _bounds = new();

    private readonly Option<long?> _limit = Choice.Number(
        "--limit", "Print at most so many entries; 0 is all. Default: all, and 25 on a terminal.", min: 0);

    private readonly Option<bool> _reverse = new("--reverse") { Description = "Begin with the last key." };
    private readonly Option<bool> _keysOnly = new("--keys-only") { Description = "Print keys without their values." };

    public override IReadOnlyList<string> Examples =>
        ["", "user/ user0 --limit 10", "--prefix user/ --reverse", @"\x00 \xff --keys-only"];

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        _bounds.AddTo(command);
        command.Add(_limit);
        command.Add(_reverse);
        command.Add(_keysOnly);
    }

    public override int Run(VerbContext context)
    {
        var limit = context.Value(_limit)
            ?? (context.Console.IsOutputTerminal && !context.IsJson ? LimitOnTerminal : 0);
        using var cursor = _bounds.Open(context, context.Value(_keysOnly));
        var isReverse = context.Value(_reverse);
        if (context.IsJson)
        {
            WriteJson(context, cursor, isReverse, limit);
            return ExitCode.Ok;
        }
        var printed = PrintLines(context, cursor, isReverse, limit);
        if (cursor.IsValid && context.Value(_limit) is null)
            context.Console.Error.WriteLine($"… more than {printed} entries: use --limit N, or --limit 0 for all.");
        return ExitCode.Ok;
    }

    private long PrintLines(VerbContext context, Cursor cursor, bool isReverse, long limit)
    {
        var keysOnly = context.Value(_keysOnly);
        var line = new StringBuilder();
        var count = 0L;
        for (var isValid = First(cursor, isReverse); isValid && Below(count, limit); isValid = Next(cursor, isReverse))
        {
            line.Clear();
            EscapedText.Append(line, cursor.Key);
            if (!keysOnly)
                EscapedText.Append(line.Append('\t'), cursor.Value);
            context.Out.WriteLine(line);
            count++;
        }
        return count;
    }

    private void WriteJson(VerbContext context, Cursor cursor, bool isReverse, long limit)
    {
        context.Out.Flush();
        using var json = new Utf8JsonWriter(context.Console.Output, CliJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("entries");
        var count = 0L;
        try
        {
            for (var isValid = First(cursor, isReverse); isValid && Below(count, limit);
                 isValid = Next(cursor, isReverse))
            {
                WriteEntry(json, cursor, context.Value(_keysOnly));
                count++;
            }
            json.WriteEndArray();
            json.WriteNumber("count", count);
            json.WriteBoolean("more", cursor.IsValid);
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

    private static void WriteEntry(Utf8JsonWriter json, Cursor cursor, bool keysOnly)
    {
        const int FlushBytes = 64 << 10;
        json.WriteStartObject();
        JsonBytes.Write(json, JsonBytes.Key, cursor.Key);
        if (!keysOnly)
            JsonBytes.Write(json, JsonBytes.Value, cursor.Value);
        json.WriteEndObject();
        if (json.BytesPending > FlushBytes)
            json.Flush();
    }

    private static bool Below(long count, long limit) => limit == 0 || count < limit;

    private static bool First(Cursor cursor, bool isReverse) => isReverse ? cursor.SeekToLast() : cursor.SeekToFirst();

    private static bool Next(Cursor cursor, bool isReverse) => isReverse ? cursor.Previous() : cursor.Next();
}
