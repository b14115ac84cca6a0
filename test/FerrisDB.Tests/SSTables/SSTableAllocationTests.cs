using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests;

public sealed class SSTableAllocationTests
{
    private const int EntryCount = 20_000;

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Lz4)]
    [InlineData(Compression.Zstd)]
    internal void Writing_allocates_nothing_once_the_buffers_have_grown(Compression compression)
    {
        var files = new MemoryFileSystem();
        using var file = files.Create("7.sst");
        using var writer = new SSTableWriter(file, new SSTableWriterOptions { Compression = compression });
        Add(writer, 0, EntryCount);
        Assert.True(writer.WritePendingAsync().IsCompleted);

        var next = EntryCount;
        Assert.Equal(0, Allocations.LeastOf(rounds: 4, () =>
        {
            Add(writer, next, next + (EntryCount / 16));
            next += EntryCount / 16;
        }));
    }

    [Fact]
    public void Reading_what_is_cached_allocates_nothing()
    {
        using var table = Table(new BlockCache(16 << 20));
        Read(table.Reader, rounds: 2);
        Assert.Equal(0, Allocations.LeastOf(rounds: 5, () => Read(table.Reader, rounds: 1)));
        table.Cache.Dispose();
    }

    private static TestTable Table(BlockCache cache)
    {
        var model = new TableModel(Enumerable.Range(0, 2000).Select(index => new ModelEntry(
            BitConverter.GetBytes(index), new EntryTag(1, EntryKind.Value), new byte[60])));
        return TestTable.Create(model, cache: cache);
    }

    private static void Add(SSTableWriter writer, int from, int to)
    {
        Span<byte> key = stackalloc byte[16];
        Span<byte> value = stackalloc byte[100];
        key.Clear();
        value.Clear();
        for (var index = from; index < to; index++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(key[8..], index);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(value[50..], index * 7919);
            writer.Add(key, new EntryTag(index + 1, EntryKind.Value), value);
        }
    }

    private static void Read(SSTableReader table, int rounds)
    {
        Span<byte> key = stackalloc byte[4];
        for (var round = 0; round < rounds; round++)
        {
            for (var index = 0; index < 2000; index++)
            {
                BitConverter.TryWriteBytes(key, index);
                using var epoch = Epochs.Enter();
                Assert.True(table.TryGet(key, KeyHash.Of(key), 1, out _, out _));
            }
            using var cursor = table.OpenCursor();
            for (var isValid = cursor.SeekToFirst(); isValid;)
                isValid = cursor.Next();
            for (var isValid = cursor.Seek(key, EntryTag.First); isValid;)
                isValid = cursor.Previous();
        }
    }
}
