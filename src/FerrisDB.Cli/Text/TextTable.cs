namespace FerrisDB.Cli;

/// <summary>
/// Rows of text in columns: the first one to the left, the others to the right unless they say otherwise.
/// </summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    /// <summary>Columns that hold words, not numbers.</summary>
    public HashSet<int> LeftColumns { get; } = [0];

    public void Add(params string[] row) => _rows.Add(row);

    public void WriteTo(TextWriter writer, string indent = "")
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length))
            .ToArray();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) =>
                LeftColumns.Contains(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            writer.WriteLine((indent + string.Join("  ", cells)).TrimEnd());
        }
    }
}
