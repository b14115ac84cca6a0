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
        var levels = memTable.Index.Levels();
        WriteLine(writer, $"MemTable {memTable.Number}, {(memTable.IsSealed ? "sealed" : "active")}");
        WriteLine(writer, $"  entries            {memTable.EntryCount:N0}");
        WriteLine(writer, $"  range tombstones   {memTable.RangeTombstones.FragmentCount:N0} fragments");
        WriteLine(writer, $"  versions           {memTable.OldestVersion} to {memTable.NewestVersion}");
        WriteLine(writer, $"  bytes              {memTable.SizeBytes:N0} of {memTable.CapacityBytes:N0}");
        for (var level = 0; level < levels.Count; level++)
            WriteLine(writer, $"  level {level,-2}           {levels[level]:N0} nodes");
        if (memTable.EntryCount <= DrawnEntriesMax)
            memTable.Index.Draw(writer, Describe);
        else
            WriteLargest(memTable, writer);
    }

    private static void WriteLargest(MemTable memTable, TextWriter writer)
    {
        writer.WriteLine("  largest entries");
        var largest = new PriorityQueue<string, long>();
        using var cursor = memTable.OpenCursor();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
        {
            var bytes = (long)cursor.Key.Length + cursor.Value.Length;
            if (largest.Count < LargestShown)
                largest.Enqueue(Describe(cursor.Key, cursor.Tag, cursor.Value.Length), bytes);
            else if (largest.TryPeek(out _, out var smallestBytes) && bytes > smallestBytes)
                largest.DequeueEnqueue(Describe(cursor.Key, cursor.Tag, cursor.Value.Length), bytes);
        }
        foreach (var (entry, _) in largest.UnorderedItems.OrderByDescending(item => item.Priority))
            writer.WriteLine($"    {entry}");
    }

    private static string Describe(MemTableEntry entry) => Describe(entry.Key, entry.Tag, entry.ValueLength);

    private static string Describe(ReadOnlySpan<byte> key, EntryTag tag, int valueLength)
    {
        var content = tag.Kind == EntryKind.Tombstone
            ? "tombstone"
            : string.Create(CultureInfo.InvariantCulture, $"{valueLength:N0} bytes");
        return string.Create(CultureInfo.InvariantCulture, $"{KeyText(key)} @{tag.Version} {content}");
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
