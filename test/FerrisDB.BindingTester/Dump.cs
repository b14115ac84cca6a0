using System.Text;

namespace FerrisDB.BindingTester;

/// <summary>All rows of a database as text: see <see cref="CommandLine"/>.</summary>
internal static class Dump
{
    private const int RowsPerTransaction = 1000;

    private static readonly KeyRange All = new([], [0xff]);

    public static async Task WriteAsync(Database database, TextWriter output)
    {
        var rows = await database.ReadAsync(reader => reader.GetRangeAsync(All));
        var text = new StringBuilder();
        foreach (var (key, value) in rows)
            text.Append($"{Convert.ToHexStringLower(key.Span)} {Convert.ToHexStringLower(value.Span)}\n");
        await output.WriteAsync(text);
    }

    public static async Task ReadAsync(Database database, TextReader input)
    {
        List<(byte[] Key, byte[] Value)> rows = [];
        while (await input.ReadLineAsync() is { } line)
        {
            var parts = line.Split(' ');
            rows.Add((Convert.FromHexString(parts[0]), Convert.FromHexString(parts[1])));
        }
        foreach (var chunk in rows.Chunk(RowsPerTransaction))
        {
            await database.RunAsync(transaction =>
            {
                foreach (var (key, value) in chunk)
                    transaction.Set(key, value);
            });
        }
    }
}
