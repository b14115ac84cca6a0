using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

// A loaded database, part of it in MemTables, and random ranges: what is estimated must agree with the bytes of what a
// cursor finds there, within the bounds that are promised.
public sealed class SizeEstimateTests(ITestOutputHelper output)
{
    private const int BlockBytes = 1024;
    private const int ValueBytesMax = 300;

    private readonly ManualScheduler _scheduler = new();

    [Fact]
    public void A_range_is_estimated_within_bounds()
    {
        foreach (var seed in Seeds.ToTry(standard: 5))
        {
            output.WriteLine($"FERRIS_SEED={seed}");
            var random = new Random(seed);
            using var engine = Load(random);
            var statistics = engine.GetStatistics();
            var memTableBytes = statistics.ActiveMemTable.SizeBytes + statistics.SealedMemTables.SizeBytes;
            for (var round = 0; round < 50; round++)
            {
                var range = RandomRange(random);
                var exact = BytesIn(engine, range);

                var estimate = engine.EstimateSizeBytes(range);

                // Above the raw bytes: entry headers and fences, filters, and about 40 bytes for a node in memory.
                var cutTables = CutTables(engine, range);
                var slack = (2 * cutTables * (BlockBytes + ValueBytesMax)) + (memTableBytes / 5);
                Assert.InRange(estimate, (exact * 0.8) - slack, (exact * 1.5) + slack);
            }
        }
    }

    [Fact]
    public void The_whole_database_is_estimated_to_the_byte_of_its_tables()
    {
        using var engine = Load(new Random(1));
        Finish(engine.FlushAsync());

        var all = engine.EstimateSizeBytes(new KeyRange([], [0xFF]));

        Assert.Equal(engine.GetStatistics().TableBytes, all);
        Assert.Equal(0, engine.EstimateSizeBytes(new KeyRange("x"u8.ToArray(), "y"u8.ToArray())));
    }

    [Fact]
    public void Split_points_cut_a_range_into_equal_pieces()
    {
        foreach (var seed in Seeds.ToTry(standard: 5))
        {
            output.WriteLine($"FERRIS_SEED={seed}");
            var random = new Random(seed);
            using var engine = Load(random);
            foreach (var chunkBytes in (ReadOnlySpan<long>)[32 << 10, 64 << 10, 200 << 10])
            {
                var range = RandomRange(random);

                var points = engine.GetSplitPoints(range, chunkBytes);

                byte[][] bounds = [range.Begin, .. points, range.End];
                for (var piece = 1; piece < bounds.Length; piece++)
                {
                    Assert.True(bounds[piece - 1].AsSpan().SequenceCompareTo(bounds[piece]) < 0);
                    var bytes = BytesIn(engine, new KeyRange(bounds[piece - 1], bounds[piece]));
                    var isLast = piece == bounds.Length - 1;
                    Assert.InRange(bytes, isLast ? 0 : chunkBytes * 0.4, chunkBytes * 1.5);
                }
            }
        }
    }

    [Fact]
    public void An_empty_or_small_range_is_not_cut()
    {
        using var engine = Load(new Random(1));

        Assert.Empty(engine.GetSplitPoints(new KeyRange("x"u8.ToArray(), "y"u8.ToArray()), 1));
        Assert.Empty(engine.GetSplitPoints(new KeyRange([], [0xFF]), 1 << 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.GetSplitPoints(new KeyRange([], [0xFF]), 0));
    }

    // Each key once, so that nothing superseded is in the tables: what lies there is what a cursor finds.
    private StorageEngine Load(Random random)
    {
        var engine = StorageEngine.Open("db", new StorageOptions
        {
            FileSystem = new MemoryFileSystem(),
            Scheduler = _scheduler,
            Durability = Durability.None,
            MemoryBudgetBytes = 4 << 20,
            MemTableBytes = 256 << 10,
            BlockSizeBytes = BlockBytes,
            TableSizeBytes = 128 << 10,
            CompressionPerLevel = [Compression.None],
        });
        var keys = Enumerable.Range(0, 8000).ToArray();
        random.Shuffle(keys);
        foreach (var key in keys)
        {
            var batch = new WriteBatch();
            batch.Put(Key(key), new byte[random.Next(ValueBytesMax)]);
            Finish(engine.WriteAsync(batch));
        }
        return engine;
    }

    private static byte[] Key(int number) => Bytes($"key{number:00000}");

    private static KeyRange RandomRange(Random random)
    {
        var (first, second) = (random.Next(8000), random.Next(8000));
        return new KeyRange(Key(Math.Min(first, second)), Key(Math.Max(first, second)));
    }

    private static long BytesIn(StorageEngine engine, KeyRange range)
    {
        var bytes = 0L;
        using var cursor = engine.OpenCursor(new CursorOptions { LowerBound = range.Begin, UpperBound = range.End });
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            bytes += cursor.Key.Length + cursor.Value.Length;
        return bytes;
    }

    private static int CutTables(StorageEngine engine, KeyRange range)
    {
        var count = 0;
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            foreach (var table in engine.Tree.View.Tables.Level(level))
                count += table.Span.Contains(range.Begin) || table.Span.Contains(range.End) ? 1 : 0;
        }
        return count;
    }

    private T Finish<T>(ValueTask<T> work)
    {
        if (work.IsCompleted)
            return work.GetAwaiter().GetResult();
        var task = work.AsTask();
        Finish(new ValueTask(task));
        return task.GetAwaiter().GetResult();
    }

    private void Finish(ValueTask work)
    {
        while (!work.IsCompleted)
        {
            if (!_scheduler.RunOneStep())
                Thread.Yield();
        }
        work.GetAwaiter().GetResult();
    }
}
