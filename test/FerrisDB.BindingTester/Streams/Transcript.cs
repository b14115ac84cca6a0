using System.Text;
using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

// A transcript is what a reader wants to know of a run: each operation with its arguments, behind it what it left on
// the stack, and in the end the data.
//
//     12  GET_RANGE  ("out", "data", "apple") ("out", "data", "fern") 3 0 -1
//             ("out", "data", "beech", 1) = b"cedar"
//     23  COMMIT
//             RESULT_NOT_PRESENT
//
// The number is that of the operation. Pushes stand with the operation behind them, the item on top first. What only
// moves items or waits for them is left out. Bytes that are a packed tuple are shown as the tuple.

/// <summary>A run of one machine as text.</summary>
internal static class Transcript
{
    private const string Margin = "        ";

    public static async Task<string> OfAsync(Database database, GeneratedTest test)
    {
        var text = new StringBuilder();
        foreach (var (index, (_, program)) in test.Machines.Index())
            AppendMachine(text, program.All, await ItemsAsync(database, GeneratedTest.StackLog(index)));
        await AppendRowsAsync(text, database, GeneratedTest.Data);
        await AppendRowsAsync(text, database, GeneratedTest.DirectoryLog);
        return text.ToString();
    }

    private static async Task<ILookup<long, TupleValue>> ItemsAsync(Database database, Subspace log)
    {
        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(log.Range()));
        return rows.ToLookup(
            row => log.Unpack<long, long>(row.Key.Span).Second,
            row => TupleEncoding.TryUnpack(row.Value.Span, out var item) ? item[0] : row.Value);
    }

    private static void AppendMachine(
        StringBuilder text, IReadOnlyList<Instruction> program, ILookup<long, TupleValue> items)
    {
        List<string> arguments = [];
        foreach (var (number, instruction) in program.Index())
        {
            // An item that was only pushed lies there still: it stands where it was pushed.
            if (instruction.Argument is { } argument && !items.Contains(number))
            {
                arguments.Insert(0, Show(argument));
                continue;
            }
            if (instruction.Name is "SWAP" or "WAIT_FUTURE")
            {
                arguments.Clear();
                continue;
            }
            text.Append($"{number,5}  {instruction.Name}");
            if (arguments.Count > 0)
                text.Append("  ").AppendJoin(' ', arguments);
            text.Append('\n');
            arguments.Clear();
            foreach (var item in items[number])
                AppendItem(text, item);
        }
    }

    // Rows of a range are a tuple of keys and values.
    private static void AppendItem(StringBuilder text, TupleValue item)
    {
        if (Tuple(item) is { Length: > 1 } elements && elements.Length % 2 == 0 && Tuple(elements[0]) is not null)
        {
            for (var index = 0; index < elements.Length; index += 2)
                text.Append($"{Margin}{Show(elements[index])} = {Show(elements[index + 1])}\n");
        }
        else
        {
            text.Append($"{Margin}{Show(item)}\n");
        }
    }

    private static async Task AppendRowsAsync(StringBuilder text, Database database, Subspace subspace)
    {
        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(subspace.Range()));
        if (rows.Count > 0)
            text.Append('\n');
        foreach (var (key, value) in rows)
            text.Append($"{Show(key)} = {Show(value)}\n");
    }

    private static string Show(TupleValue value)
    {
        if (Tuple(value) is { } elements)
            return TupleText.Format(elements);
        return value.Kind == TupleValueKind.Bytes && IsWord(value.As<byte[]>())
            ? Encoding.ASCII.GetString(value.As<byte[]>())
            : value.ToString();
    }

    private static bool IsWord(byte[] bytes) =>
        bytes.Length > 2 && bytes.All(value => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_');

    // Few bytes may be a tuple by accident.
    private static TupleValue[]? Tuple(TupleValue value) =>
        value.TryAs<byte[]>(out var bytes) && bytes is { Length: > 3 }
            && TupleEncoding.TryUnpack(bytes, out var elements) && !elements[0].IsNull
            ? elements
            : null;
}
