using System.Text;

namespace FerrisDB.Bench;

/// <summary>Rows of cells, written as aligned text or as Markdown.</summary>
internal sealed class Table(params string[] header)
{
    private readonly List<string[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Add(IEnumerable<string> cells) => _rows.Add([.. cells]);

    public string ToText()
    {
        var widths = header
            .Select((title, column) => _rows.Select(row => row[column].Length).Append(title.Length).Max())
            .ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows.Prepend(header))
        {
            var cells = row.Select(
                (cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }
        return text.ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine($"| {string.Join(" | ", header)} |");
        text.AppendLine($"|{string.Join('|', header.Select((_, column) => column == 0 ? "---" : "---:"))}|");
        foreach (var row in _rows)
            text.AppendLine($"| {string.Join(" | ", row)} |");
        return text.ToString();
    }
}
