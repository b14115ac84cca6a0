using System.Text;

namespace FerrisDB.Cli;

/// <summary>Draws a line being typed on one row of the terminal, moved sideways if it is longer.</summary>
internal sealed class LineView(TextWriter screen, string prompt, IKeySource keys)
{
    private const string ClearToEnd = "\u001b[K";
    private const string ClearScreen = "\u001b[2J\u001b[H";

    public void Show(LineBuffer line) => Draw(prompt, line.Text, line.Caret);

    public void ShowSearch(string wanted, string found)
    {
        var title = $"search '{wanted}': ";
        Draw(title, found, Math.Max(0, found.IndexOf(wanted, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Lists candidates in columns and draws the line anew below them.</summary>
    public void ShowBelow(LineBuffer line, IReadOnlyList<string> candidates)
    {
        screen.Write("\n");
        var width = candidates.Max(WidthOf) + 2;
        var columns = Math.Max(1, keys.Width / width);
        for (var index = 0; index < candidates.Count; index++)
        {
            screen.Write(candidates[index]);
            var isRowEnd = index % columns == columns - 1 || index == candidates.Count - 1;
            screen.Write(isRowEnd ? "\n" : new string(' ', width - WidthOf(candidates[index])));
        }
        Show(line);
    }

    public void Clear() => screen.Write(ClearScreen);

    /// <summary>Leaves the line as it stands and goes to the next row.</summary>
    public void End(LineBuffer line, string mark)
    {
        line.MoveTo(line.Length);
        Show(line);
        screen.Write(mark + "\n");
        screen.Flush();
    }

    private void Draw(string title, string text, int caret)
    {
        // The last column is left free: writing there would move to the next row.
        var room = Math.Max(8, keys.Width - WidthOf(title) - 1);
        var start = 0;
        while (WidthOf(text[start..caret]) > room)
            start++;
        var end = text.Length;
        while (WidthOf(text[start..end]) > room)
            end--;
        var column = WidthOf(title) + WidthOf(text[start..caret]);
        screen.Write($"\r{title}{text[start..end]}{ClearToEnd}\r");
        if (column > 0)
            screen.Write($"\u001b[{column}C");
        screen.Flush();
    }

    // East Asian letters and emoji take two columns, marks that combine take none.
    private static int WidthOf(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += WidthOf(rune);
        return width;
    }

    private static int WidthOf(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        < 0x370 or 0x200D or (>= 0xFE00 and <= 0xFE0F) => 0,
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF)
            or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => 1,
    };
}
