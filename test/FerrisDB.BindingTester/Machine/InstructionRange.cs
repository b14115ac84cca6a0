using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>Where the instructions of a machine lie in the database: below a prefix, in the order of numbers.</summary>
internal static class InstructionRange
{
    // A transaction of more would near the limit of 10 MB.
    private const int InstructionsPerTransaction = 1000;

    public static async Task WriteAsync(Database database, TupleValue prefix, IReadOnlyList<Instruction> instructions)
    {
        for (var first = 0; first < instructions.Count; first += InstructionsPerTransaction)
        {
            var end = Math.Min(instructions.Count, first + InstructionsPerTransaction);
            var begin = first;
            await database.RunAsync(transaction =>
            {
                for (var number = begin; number < end; number++)
                    transaction.Set(TupleEncoding.Pack(prefix, number), instructions[number].Pack());
            });
        }
    }

    public static async Task<List<Instruction>> ReadAsync(Database database, TupleValue prefix)
    {
        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(TupleEncoding.Range(prefix)));
        return [.. rows.Select(row => Instruction.Unpack(row.Value.Span))];
    }
}
