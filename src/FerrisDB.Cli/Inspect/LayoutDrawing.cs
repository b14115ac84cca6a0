using System.Text;

namespace FerrisDB.Cli;

// A file as a picture: its parts in their order, each as long as its share of the bytes asks for.
//
//     [=================data=================][index][filter][prop][footer]

/// <summary>Draws the parts of a file.</summary>
internal static class LayoutDrawing
{
    private const int Width = 72;

    public static void Write(TextWriter writer, IReadOnlyList<(string Name, long Bytes)> parts)
    {
        var total = Math.Max(1, parts.Sum(part => part.Bytes));
        var drawing = new StringBuilder();
        foreach (var (name, bytes) in parts.Where(part => part.Bytes > 0))
            drawing.Append(Box(name, (int)Math.Round(Width * ((double)bytes / total))));
        writer.WriteLine(drawing);
        foreach (var (name, bytes) in parts.Where(part => part.Bytes > 0))
            writer.WriteLine($"  {name,-18} {Amounts.Count(bytes),15} bytes  {(double)bytes / total,5:0 %}");
        writer.WriteLine();
    }

    /// <summary>A box of about so many columns around a label.</summary>
    public static string Box(string label, int width)
    {
        var inside = Math.Max(width - 2, label.Length);
        var left = (inside - label.Length) / 2;
        return $"[{new string('=', left)}{label}{new string('=', inside - label.Length - left)}]";
    }
}
