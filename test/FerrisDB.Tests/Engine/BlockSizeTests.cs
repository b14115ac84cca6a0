using System.Buffers.Binary;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

// Which blocks a new table gets, unless the options say so: large ones while all tables fit the block cache, small ones
// beyond, where reads mostly miss.
public sealed class BlockSizeTests
{
    private const int ValueBytes = 100;
    private const int EntriesPerFlush = 2000;

    private readonly ManualScheduler _scheduler = new();
    private int _written;

    [Fact]
    public void New_tables_get_smaller_blocks_once_the_cache_cannot_hold_all_tables()
    {
        using var engine = Open(blockSizeBytes: 0);
        while (TableBytes(engine) <= engine.Options.EffectiveBlockCacheBytes)
        {
            Flush(engine);
            Assert.InRange(EntriesOfABlock(engine), 120, 150);
        }

        Flush(engine);
        Assert.InRange(EntriesOfABlock(engine), 60, 75);
        HandDriven.Finish(engine.CompactAsync(), _scheduler);
        Assert.InRange(EntriesOfABlock(engine), 60, 75);
        AssertAllIsThere(engine);
    }

    [Fact]
    public void A_size_that_somebody_chose_is_kept_whatever_there_is()
    {
        using var engine = Open(blockSizeBytes: 4096);
        while (TableBytes(engine) <= 2 * engine.Options.EffectiveBlockCacheBytes)
        {
            Flush(engine);
            Assert.InRange(EntriesOfABlock(engine), 30, 37);
        }
        AssertAllIsThere(engine);
    }

    private StorageEngine Open(int blockSizeBytes) => StorageEngine.Open("db", new StorageOptions
    {
        FileSystem = new MemoryFileSystem(),
        Scheduler = _scheduler,
        MemoryBudgetBytes = 1 << 20,
        MemTableBytes = 1 << 20,
        BlockSizeBytes = blockSizeBytes,
        CompressionPerLevel = [Compression.None],
    });

    private void Flush(StorageEngine engine)
    {
        var batch = new WriteBatch();
        for (var count = 0; count < EntriesPerFlush; count++)
            batch.Put(Key(_written++), new byte[ValueBytes]);
        HandDriven.Finish(engine.WriteAsync(batch), _scheduler);
        HandDriven.Finish(engine.FlushAsync(), _scheduler);
    }

    private void AssertAllIsThere(StorageEngine engine)
    {
        for (var number = 0; number < _written; number++)
            Assert.Equal(ValueBytes, engine.Get(Key(number))?.Length);
        Assert.Null(engine.Get(Key(_written)));
    }

    private static byte[] Key(int number)
    {
        var key = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(key, number);
        return key;
    }

    private static long TableBytes(StorageEngine engine) => engine.Tree.View.Tables.SizeBytes;

    // Of the newest table.
    private static long EntriesOfABlock(StorageEngine engine)
    {
        var tables = engine.Tree.View.Tables;
        var newest = Enumerable.Range(0, TableSet.LevelCount)
            .SelectMany(level => tables.LevelTables(level).ToArray())
            .MaxBy(table => table.FileNumber)!;
        using var epoch = Epochs.Enter();
        return newest.Metadata.EntryCount / engine.Tree.TableCache.Get(newest).BlockCount;
    }
}
