using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Tests;

// A small table with every kind of block. Any flipped bit and any cut must be found by reading all of it; and where the
// checksums have been repaired after the damage, a decoder may believe what it reads or refuse it, but nothing else.
public sealed class SSTableDamageTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 24)];

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    [InlineData(Compression.Zstd)]
    internal void Any_flipped_bit_is_found(Compression compression)
    {
        var bytes = SmallTable(compression);
        using var cache = new BlockCache(1 << 20);
        Assert.Null(ErrorOfReadingAll(bytes, cache));
        for (var offset = 0; offset < bytes.Length; offset++)
        {
            var bit = (byte)(1 << (offset % 8));
            bytes[offset] ^= bit;
            var error = ErrorOfReadingAll(bytes, cache);
            Assert.True(error is { Code: ErrorCode.FileCorrupt }, $"a flip at {offset} went unseen");
            Assert.Contains("7.sst is damaged at offset", error.Message, StringComparison.Ordinal);
            bytes[offset] ^= bit;
        }
        EpochsNow.Drain(() => cache.Allocator.AllocatedBytes == 0);
    }

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    internal void Any_cut_and_any_extension_is_found(Compression compression)
    {
        var bytes = SmallTable(compression);
        using var cache = new BlockCache(1 << 20);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(ErrorCode.FileCorrupt, ErrorOfReadingAll(bytes[..length], cache)?.Code);
        Assert.Equal(ErrorCode.FileCorrupt, ErrorOfReadingAll([.. bytes, 0], cache)?.Code);
        Assert.Equal(ErrorCode.FileCorrupt, ErrorOfReadingAll([.. bytes, .. bytes], cache)?.Code);
    }

    [Fact]
    public void Blocks_that_have_changed_places_are_found()
    {
        var model = new TableModel(Enumerable.Range(0, 64).Select(index => new ModelEntry(
            [(byte)index], new EntryTag(1, EntryKind.Value), [(byte)index])));
        var bytes = TestTable.Bytes(model, new SSTableWriterOptions { BlockSizeBytes = 64, FilterBitsPerKey = 0 });
        var data = Layout(bytes).Blocks.Where(block => block.Kind == BlockKind.Data).Select(block => block.Handle)
            .ToList();
        var (first, second) = (data[0], data[1]);
        Assert.Equal(first.SizeBytes, second.SizeBytes);
        var copy = bytes.AsSpan((int)first.Offset, first.SizeBytes).ToArray();
        bytes.AsSpan((int)second.Offset, second.SizeBytes).CopyTo(bytes.AsSpan((int)first.Offset));
        copy.CopyTo(bytes.AsSpan((int)second.Offset));
        using var cache = new BlockCache(1 << 20);
        Assert.Equal(ErrorCode.FileCorrupt, ErrorOfReadingAll(bytes, cache)?.Code);
    }

    [Fact]
    public void A_newer_format_is_named_as_such()
    {
        var bytes = SmallTable(Compression.None);
        var footer = bytes.AsSpan(bytes.Length - SSTableFormat.FooterSize);
        footer[56] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(footer[60..], Crc32C.Of(footer[..60]));
        using var cache = new BlockCache(1 << 20);
        Assert.Equal(ErrorCode.FormatTooNew, ErrorOfReadingAll(bytes, cache)?.Code);
    }

    [Fact]
    public void A_table_that_is_not_the_manifests_is_refused()
    {
        using var table = TestTable.Create(TableModel.Random(new Random(1), 20));
        var metadata = table.Metadata;
        TableMetadata[] others =
        [
            metadata with { EntryCount = metadata.EntryCount + 1 },
            metadata with { TombstoneCount = metadata.TombstoneCount + 1 },
            metadata with { RangeTombstoneCount = 1 },
            metadata with { SizeBytes = metadata.SizeBytes - 1 },
            metadata with { Span = new KeyRange([], [0xff, 0xff]) },
        ];
        foreach (var other in others)
        {
            var error = Assert.Throws<FerrisException>(() =>
                SSTableReader.Open(table.Files.Open("7.sst", FileAccess.Read), other, table.Cache));
            Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Damage_with_repaired_checksums_is_believed_or_refused(int seed)
    {
        var random = new Random(seed);
        var original = SmallTable((Compression)(seed % 3));
        var blocks = Layout(original).Blocks;
        using var cache = new BlockCache(1 << 20);
        var refused = 0;
        for (var round = 0; round < 400; round++)
        {
            var bytes = original.ToArray();
            for (var block = random.Next(1, 3); block > 0; block--)
                DamageAndRepair(bytes, blocks[random.Next(blocks.Count)].Handle, random);
            if (random.Next(8) == 0)
                DamageFooterAndRepair(bytes, random);
            FerrisException? error = null;
            var failure = Record.Exception(() => error = ErrorOfReadingAll(bytes, cache));
            var code = error?.Code ?? ErrorCode.FileCorrupt;
            Assert.True(
                failure is null && code is ErrorCode.FileCorrupt or ErrorCode.FormatTooNew,
                $"seed {seed}, round {round}: {failure ?? error}");
            refused += error is null ? 0 : 1;
        }
        Assert.True(refused > 100, $"only {refused} of 400 were refused");
        EpochsNow.Drain(() => cache.Allocator.AllocatedBytes == 0);
    }

    private static byte[] SmallTable(Compression compression)
    {
        var random = new Random(7);
        var entries = Enumerable.Range(0, 40).Select(index => new ModelEntry(
            System.Text.Encoding.ASCII.GetBytes($"common/prefix/{index / 3:d4}"),
            new EntryTag(100 + index, index % 5 == 0 ? EntryKind.Tombstone : EntryKind.Value),
            index % 5 == 0 ? [] : [.. TableModel.RandomBytes(random, 2), .. new byte[14]]));
        var ranges = RangeTombstoneSet.Build(
            [new RangeTombstone("a"u8.ToArray(), "b"u8.ToArray(), 4), new RangeTombstone([0], "ab"u8.ToArray(), 5)]);
        return TestTable.Bytes(
            new TableModel(entries),
            new SSTableWriterOptions { BlockSizeBytes = 400, Compression = compression, IndexPartitionSizeBytes = 40 },
            ranges);
    }

    private static void DamageAndRepair(byte[] bytes, BlockHandle handle, Random random)
    {
        var block = bytes.AsSpan((int)handle.Offset, handle.SizeBytes);
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            // Small changes near the front reach the numbers; any value anywhere reaches the rest.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(24, block.Length - 4)) : random.Next(block.Length - 4);
            block[at] = random.Next(3) switch
            {
                0 => (byte)(block[at] + random.Next(-2, 3)),
                1 => 0xff,
                _ => (byte)random.Next(256),
            };
        }
        var checksum = StoredBlock.ChecksumOf(block[..^4], handle.Offset);
        BinaryPrimitives.WriteUInt32LittleEndian(block[^4..], checksum);
    }

    private static void DamageFooterAndRepair(byte[] bytes, Random random)
    {
        var footer = bytes.AsSpan(bytes.Length - SSTableFormat.FooterSize);
        footer[random.Next(48)] = (byte)random.Next(256);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[60..], Crc32C.Of(footer[..60]));
    }

    private static SSTableLayout Layout(byte[] bytes)
    {
        var files = new MemoryFileSystem();
        using var file = files.Create("7.sst");
        file.Write(0, bytes);
        return SSTableLayout.Read(file);
    }

    // Opens, walks both ways, seeks and gets: every decoder that there is.
    private static FerrisException? ErrorOfReadingAll(byte[] bytes, BlockCache cache)
    {
        SSTableReader? table = null;
        try
        {
            table = TestTable.Open(bytes, cache);
            ReadAll(table);
            return null;
        }
        catch (FerrisException error)
        {
            return error;
        }
        finally
        {
            table?.Release();
        }
    }

    private static void ReadAll(SSTableReader table)
    {
        using var cursor = table.OpenCursor();
        var keys = new List<byte[]>();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            keys.Add([.. cursor.Key, .. cursor.Value[..Math.Min(cursor.Value.Length, 1)]]);
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            keys.Add(cursor.Key.ToArray());
        using var epoch = Epochs.Enter();
        foreach (var key in keys.Take(60))
        {
            cursor.Seek(key, EntryTag.SeekTo(120));
            cursor.SeekBefore(key, EntryTag.SeekTo(120));
            if (table.TryGet(key, KeyHash.Of(key), 120, out _, out var value) && value.Length > 0)
                keys[0][0] ^= (byte)(value[0] & value[^1]);
            table.ApproximateOffsetOf(key);
        }
        for (var block = 0; block < table.BlockCount; block++)
            table.FenceKeyOf(block);
    }
}
