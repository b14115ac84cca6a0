using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests;

// The format as a reviewed diff: golden/*.txt are rewritten when FERRIS_UPDATE_GOLDEN=1.
public sealed class SSTableInspectorTests
{
    [Fact]
    public void The_bytes_of_a_small_table_are_what_the_golden_file_says() =>
        GoldenFile.Check("table_bytes.txt", Inspect(SmallTable(), SSTableInspector.WriteBytes));

    [Fact]
    public void The_blocks_of_a_small_table_are_what_the_golden_file_says() =>
        GoldenFile.Check(
            "table_blocks.txt",
            Inspect(SmallTable(), SSTableInspector.WriteSummary) +
            Inspect(SmallTable(), (file, output) => SSTableInspector.WriteBlocks(file, output, withEntries: true)));

    [Fact]
    public void A_damaged_block_is_shown_as_such_and_the_others_as_they_are()
    {
        var bytes = SmallTable();
        bytes[20] ^= 1;
        var blocks = Inspect(bytes, (file, output) => SSTableInspector.WriteBlocks(file, output, withEntries: true));
        Assert.Contains("data: /7.sst is damaged at offset 0: expected checksum", blocks, StringComparison.Ordinal);
        Assert.Contains("fruit/quince @9 = yellow", blocks, StringComparison.Ordinal);
        Assert.Contains("is damaged", Inspect(bytes, SSTableInspector.WriteBytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_block_is_shown_with_its_entries()
    {
        var model = new TableModel(Enumerable.Range(0, 100).Select(index => new ModelEntry(
            System.Text.Encoding.ASCII.GetBytes($"key{index:d5}"), new EntryTag(1, EntryKind.Value), new byte[50])));
        var bytes = TestTable.Bytes(model, new SSTableWriterOptions { Compression = Compression.Lz4 });
        var blocks = Inspect(bytes, (file, output) => SSTableInspector.WriteBlocks(file, output, withEntries: false));
        Assert.Contains(", Lz4 of ", blocks, StringComparison.Ordinal);
        Assert.DoesNotContain("key00007", blocks, StringComparison.Ordinal);
        Assert.Contains("key00007", Inspect(bytes, SSTableInspector.WriteBytes), StringComparison.Ordinal);
    }

    private static byte[] SmallTable()
    {
        string[] fruits = ["apple", "banana", "cherry", "date", "elder", "fig", "grape", "kiwi", "lemon", "mango",
            "nashi", "olive", "papaya", "peach", "pear", "plum", "pomelo", "quince", "raisin"];
        var entries = fruits.Select(fruit => new ModelEntry(
            Bytes($"fruit/{fruit}"),
            new EntryTag(fruit[0] == 'q' ? 9 : 7, fruit == "fig" ? EntryKind.Tombstone : EntryKind.Value),
            fruit == "fig" ? [] : Bytes(fruit == "quince" ? "yellow" : "ripe")));
        ModelEntry older = new(Bytes("fruit/peach"), new EntryTag(4, EntryKind.Value), Bytes("green"));
        var ranges = RangeTombstoneSet.Build([new RangeTombstone(Bytes("a"), Bytes("c"), 5)]);
        return TestTable.Bytes(
            new TableModel([.. entries, older]), new SSTableWriterOptions { BlockSizeBytes = 290 }, ranges);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private static string Inspect(byte[] bytes, Action<IFile, TextWriter> inspect)
    {
        var files = new MemoryFileSystem();
        using var file = files.Create("/7.sst");
        file.Write(0, bytes);
        using var output = new StringWriter();
        inspect(file, output);
        return output.ToString();
    }
}
