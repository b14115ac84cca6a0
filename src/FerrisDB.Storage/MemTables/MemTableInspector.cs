using System.Globalization;
using System.Text;

namespace FerrisDB.Storage;

/// <summary>
/// Describes a MemTable to a human: what it holds, how its levels are filled, and small ones drawn in full.
/// </summary>
internal static class MemTableInspector
{
    private const int DrawnEntriesMax = 64;
    private const int LargestShown = 5;
    private const int KeyTextMax = 40;

    /// <summary>Writes the description. Entries that are added meanwhile may or may not be in it.</summary>
    public static void Write(MemTable memTable, TextWriter writer)
    {
        var entries = memTable.Entries;
        var levels = Levels(entries);
        WriteLine(writer, $"MemTable {memTable.Number}, {(memTable.IsSealed ? "sealed" : "active")}");
        WriteLine(writer, $"  entries            {levels[0].Count:N0}");
        WriteLine(writer, $"  range tombstones   {memTable.RangeTombstones.FragmentCount:N0} fragments");
        WriteLine(writer, $"  versions           {memTable.OldestVersion} to {memTable.NewestVersion}");
        WriteLine(writer, $"  bytes              {memTable.SizeBytes:N0} of {memTable.CapacityBytes:N0}");
        for (var level = 0; level < levels.Count; level++)
            WriteLine(writer, $"  level {level,-2}           {levels[level].Count:N0} nodes");
        if (levels[0].Count is > 0 and <= DrawnEntriesMax)
            DrawTowers(entries, levels, writer);
        else
            WriteLargest(entries, levels[0], writer);
    }

    private static List<List<uint>> Levels(SkipList entries)
    {
        var levels = new List<List<uint>>();
        for (var level = 0; level < entries.Height; level++)
        {
            var nodes = new List<uint>();
            for (var node = entries.Next(entries.Head, level); node != 0; node = entries.Next(node, level))
                nodes.Add(node);
            levels.Add(nodes);
        }
        return levels;
    }

    // One line for each node; its tower grows to the right, and lanes that pass it by are drawn through.
    private static void DrawTowers(SkipList entries, List<List<uint>> levels, TextWriter writer)
    {
        var towers = levels.Select(nodes => nodes.ToHashSet()).ToArray();
        foreach (var node in levels[0])
        {
            writer.Write("  ");
            foreach (var tower in towers)
                writer.Write(tower.Contains(node) ? "o " : "| ");
            WriteEntry(entries.At(node), writer);
        }
    }

    private static void WriteLargest(SkipList entries, List<uint> nodes, TextWriter writer)
    {
        var largest = nodes.OrderByDescending(node => (long)entries.At(node).KeyLength + entries.At(node).ValueLength)
            .Take(LargestShown).ToArray();
        if (largest.Length > 0)
            writer.WriteLine("  largest entries");
        foreach (var node in largest)
        {
            writer.Write("    ");
            WriteEntry(entries.At(node), writer);
        }
    }

    private static void WriteEntry(SkipListNode node, TextWriter writer)
    {
        var content = node.Tag.Kind == EntryKind.Tombstone ? "tombstone" : $"{node.ValueLength:N0} bytes";
        WriteLine(writer, $"{KeyText(node.Key)} @{node.Tag.Version} {content}");
    }

    private static string KeyText(ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder();
        foreach (var letter in key[..Math.Min(key.Length, KeyTextMax)])
        {
            if (letter is > 0x20 and < 0x7f and not (byte)'\\')
                text.Append((char)letter);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{letter:x2}");
        }
        if (key.Length > KeyTextMax)
            text.Append(CultureInfo.InvariantCulture, $"... ({key.Length:N0} bytes)");
        return text.ToString();
    }

    private static void WriteLine(TextWriter writer, FormattableString line) =>
        writer.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
