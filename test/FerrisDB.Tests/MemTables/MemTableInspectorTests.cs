using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

public sealed class MemTableInspectorTests
{
    [Fact]
    public void A_small_skip_list_is_drawn_with_its_towers()
    {
        var memTable = new MemTable(64 << 10, seed: 42, number: 3, MemTableStructure.SkipList);
        memTable.Add("banana"u8, new EntryTag(2, EntryKind.Value), "yellow"u8);
        for (var letter = 'a'; letter <= 'h'; letter++)
            memTable.Add([(byte)letter, 0], new EntryTag(3, EntryKind.Value), new byte[10]);
        memTable.Add("banana"u8, new EntryTag(4, EntryKind.Tombstone), default);

        Assert.Equal(
            """
            MemTable 3, active
              entries            10
              range tombstones   0 fragments
              versions           2 to 4
              bytes              408 of 65,536
              level 0            10 nodes
              level 1            2 nodes
              o | a\x00 @3 10 bytes
              o | b\x00 @3 10 bytes
              o | banana @4 tombstone
              o | banana @2 6 bytes
              o o c\x00 @3 10 bytes
              o | d\x00 @3 10 bytes
              o | e\x00 @3 10 bytes
              o | f\x00 @3 10 bytes
              o o g\x00 @3 10 bytes
              o | h\x00 @3 10 bytes
            """,
            Inspect(memTable));
        memTable.Release();
    }

    [Fact]
    public void A_small_tree_is_drawn_with_the_first_entries_of_its_nodes()
    {
        var memTable = new MemTable(64 << 10, seed: 42, number: 3);
        for (var letter = 'a'; letter <= 'c'; letter++)
            memTable.Add([(byte)letter, 0], new EntryTag(3, EntryKind.Value), new byte[10]);

        Assert.Equal(
            """
            MemTable 3, active
              entries            3
              range tombstones   0 fragments
              versions           3 to 3
              bytes              120 of 65,536
              level 0            1 nodes
              o a\x00 @3 10 bytes
              | b\x00 @3 10 bytes
              | c\x00 @3 10 bytes
            """,
            Inspect(memTable));
        memTable.Release();
    }

    [Theory]
    [InlineData(MemTableStructure.BTree)]
    [InlineData(MemTableStructure.SkipList)]
    public void A_large_MemTable_is_described_by_counts_and_its_largest_entries(MemTableStructure structure)
    {
        var memTable = new MemTable(1 << 20, seed: 42, number: 3, structure);
        for (var version = 1; version <= 1_000; version++)
            memTable.Add("key"u8, new EntryTag(version, EntryKind.Value), new byte[version]);

        var text = Inspect(memTable);

        Assert.Contains("entries            1,000", text, StringComparison.Ordinal);
        Assert.Contains("versions           1 to 1000", text, StringComparison.Ordinal);
        Assert.Contains("key @1000 1,000 bytes", text, StringComparison.Ordinal);
        Assert.DoesNotContain("key @995 ", text, StringComparison.Ordinal);
        memTable.Release();
    }

    private static string Inspect(MemTable memTable)
    {
        using var writer = new StringWriter();
        MemTableInspector.Write(memTable, writer);
        return writer.ToString().TrimEnd();
    }
}
