using System.Globalization;
using System.Text;

namespace FerrisDB.Cli;

// The tree as a picture. Each table is a box as long as its size asks for; all levels have the same scale:
//
//     MemTable  active                                 1,234 entries    2.1 MiB
//     L0   [16][15]                                    2 tables         3.9 MiB
//     L1   [=9==][11]                                  2 tables         9.6 MiB
//     L6   [======4======][===7===][=====8=====]       3 tables        32.0 MiB

/// <summary>Draws the levels of a tree, and lists their tables.</summary>
internal sealed class TreeDrawing(TreeJson tree, TextWriter writer)
{
    private const int BoxesWidth = 60;
    private const int BoxWidthMin = 3;
    private const int TablesListedMax = 16;
    private const int KeyWidthMax = 28;

    /// <summary>Draws everything; lists all tables, or the first ones of each level.</summary>
    public void Write(bool isComplete)
    {
        writer.WriteLine(
            $"{tree.Folder}, version {Amounts.Count(tree.LastVersion)}: {Amounts.Count(tree.TableCount, "table")} of "
            + $"{Amounts.Bytes(tree.TableBytes)}, {Amounts.Count(tree.Entries, "entry", "entries")}, of them "
            + $"{Amounts.Count(tree.Tombstones, "tombstone")} in tables");
        writer.WriteLine();
        WriteRows();
        foreach (var level in tree.Levels.Where(level => level.Tables.Count > 0))
            WriteTables(level, isComplete);
        if (tree.Blobs.Count > 0)
            WriteBlobs(isComplete);
    }

    private void WriteRows()
    {
        var picture = new TextTable("", "", "", "size", "entries") { LeftColumns = { 1 } };
        foreach (var memTable in tree.MemTables)
        {
            picture.Add(
                "MemTable", memTable.IsSealed ? "sealed, waits for its flush" : "active", "",
                Amounts.Bytes(memTable.Bytes),
                Amounts.Count(memTable.Entries));
        }
        var largest = Math.Max(1, tree.Levels.Max(level => level.Bytes));
        foreach (var level in tree.Levels)
        {
            if (level.Tables.Count == 0)
            {
                picture.Add($"L{level.Level}", "", "", "", "");
                continue;
            }
            picture.Add(
                $"L{level.Level}", Boxes(level, largest), Amounts.Count(level.Tables.Count, "table"),
                Amounts.Bytes(level.Bytes),
                Amounts.Count(level.Entries));
        }
        picture.WriteTo(writer);
    }

    // A level of too many tables for its room is one box with their number.
    private static string Boxes(LevelJson level, long largest)
    {
        var room = (int)Math.Round(BoxesWidth * ((double)level.Bytes / largest));
        if (level.Tables.Count * BoxWidthMin > Math.Max(room, BoxesWidth / 2))
            return LayoutDrawing.Box($"{level.Tables.Count} tables", room);
        var boxes = new StringBuilder();
        foreach (var table in level.Tables)
            boxes.Append(
                LayoutDrawing.Box(NumberOf(table), (int)Math.Round(room * ((double)table.Bytes / level.Bytes))));
        return boxes.ToString();
    }

    private void WriteTables(LevelJson level, bool isComplete)
    {
        writer.WriteLine();
        var table =
            new TextTable($"L{level.Level}", "size", "entries", "tombstones", "range tombstones", "versions", "keys")
            {
                LeftColumns = { 6 },
            };
        var listed = isComplete ? level.Tables.Count : TablesListedMax;
        foreach (var each in level.Tables.Take(listed))
        {
            table.Add(
                each.File, Amounts.Bytes(each.Bytes), Amounts.Count(each.Entries), Amounts.Count(each.Tombstones),
                Amounts.Count(each.RangeTombstones), $"{each.OldestVersion}–{each.NewestVersion}",
                $"{Short(each.BeginKey)} … {Short(each.EndKey)}");
        }
        table.WriteTo(writer);
        if (level.Tables.Count > listed)
            writer.WriteLine($"  and {Amounts.Count(level.Tables.Count - listed, "more table")}: --all lists them.");
    }

    private void WriteBlobs(bool isComplete)
    {
        writer.WriteLine();
        var table = new TextTable("blobs", "size", "values", "live");
        var listed = isComplete ? tree.Blobs.Count : TablesListedMax;
        foreach (var blob in tree.Blobs.Take(listed))
        {
            var live = blob.LiveRatio.ToString("0 %", CultureInfo.InvariantCulture);
            table.Add(blob.File, Amounts.Bytes(blob.Bytes), Amounts.Count(blob.Records), live);
        }
        table.WriteTo(writer);
        if (tree.Blobs.Count > listed)
            writer.WriteLine($"  and {Amounts.Count(tree.Blobs.Count - listed, "more blob")}: --all lists them.");
    }

    private static string NumberOf(TableJson table) => table.File[..table.File.IndexOf('.')].TrimStart('0');

    private static string Short(string key) => key.Length <= KeyWidthMax ? key : key[..(KeyWidthMax - 1)] + "…";
}
