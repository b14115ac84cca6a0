using FerrisDB.Storage;

namespace FerrisDB.Tests;

// Tables of random shape against the model, from seeds: whatever the options, a table holds what was put into it, can
// be walked and sought both ways, and answers every get as the sorted list does.
public sealed class SSTableTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_cursor_shows_all_entries_forwards_and_backwards(int seed)
    {
        var random = new Random(seed);
        var model = TableModel.Random(random, random.Next(1, 600));
        using var table = TestTable.Create(model, RandomOptions(random));
        using var cursor = table.Reader.OpenCursor();

        var index = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            AssertIs(model.Entries[index++], cursor);
        Assert.Equal(model.Entries.Count, index);
        Assert.False(cursor.IsValid);
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            AssertIs(model.Entries[--index], cursor);
        Assert.Equal(0, index);
        Assert.False(cursor.IsValid);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_cursor_moves_as_in_a_sorted_list(int seed)
    {
        var random = new Random(seed);
        var model = TableModel.Random(random, random.Next(1, 400));
        using var table = TestTable.Create(model, RandomOptions(random));
        using var cursor = table.Reader.OpenCursor();
        var index = -1;
        for (var step = 0; step < 1500; step++)
        {
            var isOnEntry = (uint)index < (uint)model.Entries.Count;
            (index, var isValid) = random.Next(isOnEntry ? 12 : 4) switch
            {
                0 => (0, cursor.SeekToFirst()),
                1 => (model.Entries.Count - 1, cursor.SeekToLast()),
                2 => Seek(cursor, model, random),
                3 => SeekBefore(cursor, model, random),
                < 8 => (index + 1, cursor.Next()),
                _ => (index - 1, cursor.Previous()),
            };
            Assert.Equal((uint)index < (uint)model.Entries.Count, isValid);
            Assert.Equal(isValid, cursor.IsValid);
            if (isValid)
                AssertIs(model.Entries[index], cursor);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_get_finds_the_newest_entry_at_or_below_its_version(int seed)
    {
        var random = new Random(seed);
        var model = TableModel.Random(random, random.Next(1, 400));
        using var table = TestTable.Create(model, RandomOptions(random));
        foreach (var entry in model.Entries)
        {
            for (var version = entry.Tag.Version - 1; version <= entry.Tag.Version + 1; version++)
                AssertSame(model.Get(entry.Key, version), table.Get(entry.Key, version));
        }
        for (var step = 0; step < 500; step++)
        {
            var key = model.KeyNear(random);
            var version = random.NextInt64(EntryTag.VersionMax);
            AssertSame(model.Get(key, version), table.Get(key, version));
        }
    }

    [Fact]
    public void Versions_of_one_key_may_fill_many_blocks()
    {
        var versions = Enumerable.Range(1, 5000).Select(version =>
            new ModelEntry(
                "hot"u8.ToArray(), new EntryTag(version * 2, EntryKind.Value), BitConverter.GetBytes(version)));
        ModelEntry[] neighbours =
        [
            new("cold"u8.ToArray(), new EntryTag(7, EntryKind.Value), [1]),
            new("hot\0"u8.ToArray(), new EntryTag(7, EntryKind.Value), [2]),
        ];
        var model = new TableModel([.. versions, .. neighbours]);
        using var table = TestTable.Create(model, new SSTableWriterOptions { BlockSizeBytes = 1024 });
        Assert.True(table.Reader.BlockCount > 20);
        for (var version = 0; version < 10_010; version++)
            AssertSame(model.Get("hot"u8.ToArray(), version), table.Get("hot"u8.ToArray(), version));
        AssertSame(neighbours[0], table.Get("cold"u8.ToArray(), 7));
        AssertSame(neighbours[1], table.Get("hot\0"u8.ToArray(), 7));
    }

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    [InlineData(Compression.Zstd)]
    internal void A_value_may_be_larger_than_any_block_or_cache(Compression compression)
    {
        var random = new Random(1);
        var model = new TableModel(Enumerable.Range(0, 8).Select(index => new ModelEntry(
            [(byte)index], new EntryTag(1, EntryKind.Value),
            [.. TableModel.RandomBytes(random, index << 18), .. new byte[index << 19]])));
        using var cache = new BlockCache(1 << 20);
        using var table = TestTable.Create(
            model, new SSTableWriterOptions { Compression = compression }, cache: cache);
        foreach (var entry in model.Entries)
            AssertSame(entry, table.Get(entry.Key, 1));
        using var cursor = table.Reader.OpenCursor();
        foreach (var entry in model.Entries)
        {
            Assert.True(cursor.Seek(entry.Key, EntryTag.First));
            AssertIs(entry, cursor);
        }
        Assert.True(cache.PublishedBytes <= cache.BudgetBytes);
    }

    [Fact]
    public void A_large_index_is_read_in_partitions_through_the_cache()
    {
        var random = new Random(2);
        var model = new TableModel(Enumerable.Range(0, 3000).Select(index => new ModelEntry(
            TableModel.RandomBytes(random, 200), new EntryTag(index + 1, EntryKind.Value), [1, 2, 3])));
        // Keys that differ in the last byte alone cannot be shortened to a short fence.
        for (var index = 0; index < 1000; index++)
        {
            byte[] key = [.. new byte[300], (byte)(index >> 8), (byte)index];
            model.Entries.Add(new ModelEntry(key, new EntryTag(5, EntryKind.Value), [4]));
        }
        model.Entries.Sort();
        var options = new SSTableWriterOptions { BlockSizeBytes = 256, IndexPartitionSizeBytes = 1024 };
        using var table = TestTable.Create(model, options);
        Assert.True(table.Reader.Properties.IndexBytes < TableIndex.PinnedBytesMax);

        var padded =
            new TableModel(model.Entries.Select(entry => entry with { Key = [.. new byte[2000], .. entry.Key] }));
        using var large = TestTable.Create(padded, options);
        Assert.True(large.Reader.Properties.IndexBytes > 2 * TableIndex.PinnedBytesMax);
        Assert.True(large.Reader.MemoryBytes < large.Reader.Properties.IndexBytes / 2);
        AssertTable(padded, large, random);
        AssertTable(model, table, random);
    }

    [Fact]
    public void An_ingested_table_has_one_version_for_all_its_entries()
    {
        var random = new Random(3);
        var stored = new TableModel(Enumerable.Range(0, 700).Select(index => new ModelEntry(
            BitConverter.GetBytes(index * 77), new EntryTag(index % 3, EntryKind.Value),
            BitConverter.GetBytes(index))));
        var seen =
            new TableModel(stored.Entries.Select(entry => entry with { Tag = new EntryTag(40, entry.Tag.Kind) }));
        var ranges = RangeTombstoneSet.Build([new RangeTombstone("a"u8.ToArray(), "b"u8.ToArray(), 1)]);
        using var table = TestTable.Create(stored, rangeTombstones: ranges, globalVersion: 40);
        AssertTable(seen, table, random);
        Assert.Null(table.Get(stored.Entries[5].Key, 39));
        Assert.Equal(0, table.Reader.RangeTombstones.NewestCovering("aa"u8, 39));
        Assert.Equal(40, table.Reader.RangeTombstones.NewestCovering("aa"u8, 40));
    }

    [Fact]
    public void Range_tombstones_and_spans_survive()
    {
        var tombstones = Enumerable.Range(0, 3000).Select(index => new RangeTombstone(
            BitConverter.GetBytes(index).Reverse().ToArray(), BitConverter.GetBytes(index + 5).Reverse().ToArray(),
            index % 7 + 3));
        var ranges = RangeTombstoneSet.Build(tombstones);
        var model = new TableModel([new ModelEntry([0, 0, 5], new EntryTag(9, EntryKind.Tombstone), [])]);
        using var table = TestTable.Create(model, rangeTombstones: ranges);
        Assert.Equal(ranges.Flatten(), table.Reader.RangeTombstones.Flatten());
        Assert.Equal(ranges.Span, table.Metadata.Span);
        Assert.Equal((3, 9), (table.Metadata.OldestVersion, table.Metadata.NewestVersion));
        Assert.Equal((1, 1), (table.Metadata.EntryCount, table.Metadata.TombstoneCount));
        Assert.Equal(ranges.FragmentCount, table.Metadata.RangeTombstoneCount);
    }

    [Fact]
    public void A_table_may_hold_range_tombstones_alone()
    {
        var ranges = RangeTombstoneSet.Build([new RangeTombstone("a"u8.ToArray(), "b"u8.ToArray(), 4)]);
        using var table = TestTable.Create(new TableModel([]), rangeTombstones: ranges);
        using var cursor = table.Reader.OpenCursor();
        Assert.False(cursor.SeekToFirst() || cursor.SeekToLast());
        Assert.False(cursor.Seek("a"u8, EntryTag.First) || cursor.SeekBefore("z"u8, EntryTag.First) || cursor.IsValid);
        Assert.Null(table.Get("a"u8.ToArray(), 9));
        Assert.Equal(ranges.Flatten(), table.Reader.RangeTombstones.Flatten());
        Assert.Equal(0, table.Reader.ApproximateOffsetOf("a"u8));
    }

    [Fact]
    public void Fences_split_the_keys_between_blocks()
    {
        var model = TableModel.Random(new Random(4), 500);
        using var table = TestTable.Create(model, new SSTableWriterOptions { BlockSizeBytes = 1024 });
        var fences = Enumerable.Range(0, table.Reader.BlockCount).Select(table.Reader.FenceKeyOf).ToList();
        for (var block = 1; block < fences.Count; block++)
        {
            Assert.True(fences[block - 1].AsSpan().SequenceCompareTo(fences[block]) <= 0);
            Assert.True(table.Reader.ApproximateOffsetOf(fences[block - 1]) <=
                table.Reader.ApproximateOffsetOf(fences[block]));
        }
    }

    private static SSTableWriterOptions RandomOptions(Random random) => new()
    {
        BlockSizeBytes = 1 << random.Next(5, 17),
        FilterBitsPerKey = random.Next(4) == 0 ? 0 : random.Next(1, 20),
        Compression = (Compression)random.Next(3),
        IndexPartitionSizeBytes = 1 << random.Next(6, 14),
    };

    private static (int Index, bool IsValid) Seek(SSTableCursor cursor, TableModel model, Random random)
    {
        var (key, tag) = Target(model, random);
        return (model.LowerBound(key, tag), cursor.Seek(key, tag));
    }

    private static (int Index, bool IsValid) SeekBefore(SSTableCursor cursor, TableModel model, Random random)
    {
        var (key, tag) = Target(model, random);
        return (model.LowerBound(key, tag) - 1, cursor.SeekBefore(key, tag));
    }

    private static (byte[] Key, EntryTag Tag) Target(TableModel model, Random random)
    {
        if (random.Next(3) == 0)
        {
            var entry = model.Entries[random.Next(model.Entries.Count)];
            return (entry.Key, random.Next(2) == 0 ? entry.Tag : EntryTag.SeekTo(entry.Tag.Version - 1));
        }
        var tag = random.Next(3) switch
        {
            0 => EntryTag.First,
            1 => EntryTag.Last,
            _ => EntryTag.SeekTo(random.NextInt64(1L << random.Next(1, 50))),
        };
        return (model.KeyNear(random), tag);
    }

    private static void AssertTable(TableModel model, TestTable table, Random random)
    {
        using var cursor = table.Reader.OpenCursor();
        var walked = 0;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            AssertIs(model.Entries[walked++], cursor);
        Assert.Equal(model.Entries.Count, walked);
        for (var step = 0; step < 1000; step++)
        {
            var (key, tag) = Target(model, random);
            var index = model.LowerBound(key, tag);
            Assert.Equal(index < model.Entries.Count, cursor.Seek(key, tag));
            if (cursor.IsValid)
                AssertIs(model.Entries[index], cursor);
            Assert.Equal(index > 0, cursor.SeekBefore(key, tag));
            if (cursor.IsValid)
                AssertIs(model.Entries[index - 1], cursor);
            AssertSame(model.Get(key, tag.Version), table.Get(key, tag.Version));
        }
    }

    private static void AssertIs(ModelEntry expected, SSTableCursor cursor)
    {
        Assert.True(cursor.Key.SequenceEqual(expected.Key), $"{expected}: {Convert.ToHexString(cursor.Key)}");
        Assert.Equal(expected.Tag, cursor.Tag);
        Assert.True(cursor.Value.SequenceEqual(expected.Value), $"{expected}");
    }

    private static void AssertSame(ModelEntry? expected, ModelEntry? found)
    {
        Assert.Equal(expected?.Tag, found?.Tag);
        Assert.True((expected?.Value ?? []).AsSpan().SequenceEqual(found?.Value ?? []), $"{expected}");
    }
}
