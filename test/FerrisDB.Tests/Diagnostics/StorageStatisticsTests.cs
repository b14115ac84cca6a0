using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Diagnostics;

public sealed class StorageStatisticsTests
{
    private readonly MemoryFileSystem _disk = new();
    private readonly ManualScheduler _scheduler = new();

    [Fact]
    public void A_new_database_has_nothing_to_tell()
    {
        using var engine = Open();

        var statistics = engine.GetStatistics();

        Assert.Equal(TableSet.LevelCount, statistics.Levels.Count);
        Assert.Equal(0, statistics.Tables);
        Assert.Equal(0, statistics.TableBytes);
        Assert.Equal(1, statistics.SpaceAmplification);
        Assert.Equal(default, statistics.Writes);
        Assert.Equal(0, statistics.Writes.Amplification);
        Assert.Equal(1, statistics.Reads.HitRate);
        Assert.Equal(WriteStallReason.None, statistics.WriteStall.Reason);
    }

    [Fact]
    public void Levels_tell_what_the_manifest_knows()
    {
        using var engine = Open();
        Fill(engine, 100);
        engine.Delete("gone"u8);
        engine.DeleteRange("x"u8, "y"u8);
        Finish(engine.FlushAsync());

        var statistics = engine.GetStatistics();

        var table = engine.Tree.View.Tables.Level(0)[0].Metadata;
        Assert.Equal(
            new LevelStatistics(0, 1, table.SizeBytes, 101, 1, 1, 0, table.SizeBytes, 0), statistics.Levels[0]);
        Assert.Equal(table.SizeBytes, statistics.TableBytes);
        Assert.Equal(table.SizeBytes, statistics.Writes.FlushBytes);
        Assert.Equal(1, statistics.Writes.Flushes);
        Assert.Equal(102, statistics.Writes.Entries);
        Assert.Equal(engine.LastVersion, statistics.DurableVersion);
    }

    [Fact]
    public void MemTables_versions_snapshots_and_cursors_are_counted()
    {
        using var engine = Open();
        Fill(engine, 10);
        using var snapshot = engine.TakeSnapshot();
        using var cursor = engine.OpenCursor();
        engine.Tree.SealActive();
        Fill(engine, 7);

        var statistics = engine.GetStatistics();

        Assert.Equal(7, statistics.ActiveMemTable.Entries);
        Assert.Equal((1, 10), (statistics.SealedMemTables.Count, statistics.SealedMemTables.Entries));
        Assert.True(statistics.SealedMemTables.SizeBytes > statistics.ActiveMemTable.SizeBytes);
        Assert.Equal((1, 1), (statistics.Snapshots, statistics.OpenCursors));
        Assert.Equal((17, 0), (statistics.LastVersion, statistics.DurableVersion));
        Assert.True(statistics.LogBytes > 0);
    }

    [Fact]
    public void Amplifications_follow_from_the_bytes()
    {
        using var engine = Open();
        for (var round = 0; round < 3; round++)
        {
            Fill(engine, 100);
            Finish(engine.CompactAsync());
        }
        Fill(engine, 100);
        Finish(engine.FlushAsync());

        var statistics = engine.GetStatistics();

        var writes = statistics.Writes;
        Assert.Equal(4, writes.Flushes);
        Assert.InRange(writes.Compactions, 2, 3); // the first one has nothing below it and may only move its table
        Assert.True(writes.CompactionWrittenBytes > 0 && writes.CompactionReadBytes > writes.CompactionWrittenBytes);
        var bytes = writes.LogBytes + writes.FlushBytes + writes.CompactionWrittenBytes;
        Assert.Equal((double)bytes / writes.UserBytes, writes.Amplification);
        Assert.True(writes.Amplification > 2);
        Assert.Equal(
            (double)(statistics.Levels[0].SizeBytes + statistics.Levels[6].SizeBytes) / statistics.Levels[6].SizeBytes,
            statistics.SpaceAmplification);
        Assert.Equal(writes.CompactionWrittenBytes, statistics.Levels[6].WrittenBytes);
    }

    [Fact]
    public void A_sample_of_gets_tells_what_gets_touch()
    {
        using var engine = Open();
        Fill(engine, 100);
        Finish(engine.CompactAsync());

        var found = 0;
        for (var get = 0; get < 10 * ReadSampler.Interval; get++)
            found += engine.Get(Key(get % 100)) is null ? 0 : 1;

        var reads = engine.GetStatistics().Reads;
        Assert.Equal(10 * ReadSampler.Interval, found);
        Assert.Equal(10, reads.SampledGets);
        Assert.Equal(1, reads.TablesPerGet);
        Assert.Equal(1, reads.Amplification);
        Assert.InRange(reads.HitRate, 0.5, 1);
    }

    [Fact]
    public void The_cache_and_open_tables_are_counted()
    {
        using var engine = Open();
        Fill(engine, 100);
        Finish(engine.FlushAsync());
        var before = engine.GetStatistics();
        Assert.NotNull(engine.Get(Key(5)));

        var after = engine.GetStatistics();

        Assert.Equal((1, 1), (before.OpenTables, after.OpenTables));
        Assert.Equal(before.BlockCache.Fills + 1, after.BlockCache.Fills);
        Assert.True(after.OpenTableBytes > 0);
        Assert.InRange(after.BlockCache.SizeBytes, 1, after.BlockCache.BudgetBytes);
    }

    [Fact]
    public void A_running_compaction_says_why_it_runs()
    {
        using var engine = Open();
        for (var table = 0; table < 2; table++)
        {
            Fill(engine, 100);
            engine.Tree.SealActive();
            while (engine.Tree.View.Sealed.Length > 0)
                _scheduler.RunOneStep(JobLane.Urgent);
        }
        while (engine.GetStatistics().RunningCompactions.Count == 0)
            Assert.True(_scheduler.RunOneStep());

        var running = Assert.Single(engine.GetStatistics().RunningCompactions);

        Assert.Equal((0, 6), (running.Level, running.OutputLevel));
        Assert.Contains("L0", running.Reason, StringComparison.Ordinal);
        Assert.True(running.InputBytes > 0);
    }

    [Fact]
    public void Tables_are_open_before_anybody_reads_them()
    {
        using var engine = Open();
        Fill(engine, 10);
        Finish(engine.FlushAsync());

        Assert.Equal(1, engine.GetStatistics().OpenTables);
    }

    [Fact]
    public void Writers_that_wait_are_told_of_and_counted()
    {
        using var engine = Open();
        var events = new List<WriteStallReason>();
        engine.EventRaised += raised =>
        {
            if (raised is WriteStallChanged changed)
                events.Add(changed.Reason);
        };
        Fill(engine, 10);
        engine.Tree.SealActive();
        var writing = default(ValueTask<long>);
        do
        {
            var batch = new WriteBatch();
            batch.Put("key"u8, new byte[500]);
            writing = engine.WriteAsync(batch);
        }
        while (writing.IsCompleted);
        var during = engine.GetStatistics().WriteStall;
        Finish(writing);
        Finish(engine.FlushAsync());

        var after = engine.GetStatistics().WriteStall;

        Assert.Equal((WriteStallReason.SealedMemTables, 1), (during.Reason, during.Waits));
        Assert.Equal((WriteStallReason.None, 1), (after.Reason, after.Waits));
        Assert.True(after.LongestWait > TimeSpan.Zero && after.LongestWait >= after.Waited);
        Assert.Equal([WriteStallReason.SealedMemTables, WriteStallReason.None], events);
    }

    [Fact]
    public void The_first_write_of_a_new_database_finds_its_log_ready()
    {
        using var engine = Open();

        engine.Put("key"u8, "value"u8);

        Assert.Equal(TimeSpan.Zero, engine.GetStatistics().WriteStall.LongestWait);
    }

    [Fact]
    public void A_closed_engine_has_no_statistics()
    {
        var engine = Open();
        engine.Dispose();

        Assert.Throws<ObjectDisposedException>(() => engine.GetStatistics());
    }

    private static byte[] Key(int number) => Bytes($"key{number:000}");

    private static void Fill(StorageEngine engine, int count)
    {
        for (var number = 0; number < count; number++)
            engine.Put(Key(number), Bytes($"{engine.LastVersion} and some more bytes to compress"));
    }

    private StorageEngine Open() => StorageEngine.Open("db", new StorageOptions
    {
        FileSystem = _disk,
        Scheduler = _scheduler,
        MemoryBudgetBytes = 4 << 20,
        MemTableBytes = 32 << 10,
        SealedMemTablesMax = 1,
        L0CompactionTrigger = 2,
    });

    private T Finish<T>(ValueTask<T> work)
    {
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
