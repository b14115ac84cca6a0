using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

public sealed class CheckpointTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Durability.Sync)]
    [InlineData(Durability.Process)]
    [InlineData(Durability.None)]
    internal void A_checkpoint_has_what_the_database_has(Durability durability)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var disk = new MemoryFileSystem();
            var database = new SmallDatabase(disk, seed);
            using var engine = StorageEngine.Open(Folder, database.Options with { Durability = durability });
            database.Write(engine, 7 * seed, durability);
            var version = Finish(engine.CheckpointAsync("copy"), database.Scheduler);
            var expected = database.Model.Range(database.Model.LastVersion);
            database.Write(engine, 10, durability);

            var found = ReadAll(disk, "copy", out var lastVersion);
            Assert.Equal(expected, found);
            Assert.Equal((version, version), (lastVersion, version));
            Assert.Equal(database.Model.Range(database.Model.LastVersion), ReadAll(engine));
        }
    }

    [Fact]
    public void A_checkpoint_is_written_to_without_touching_its_source()
    {
        var disk = new MemoryFileSystem();
        var database = new SmallDatabase(disk, seed: 5);
        database.Create();
        using var engine = StorageEngine.Open(Folder, database.Options);
        Finish(engine.CheckpointAsync("copy"), database.Scheduler);
        using (var copy = StorageEngine.Open("copy", OptionsOn(disk, new ManualScheduler())))
        {
            var scheduler = (ManualScheduler)copy.Options.Scheduler!;
            Finish(copy.WriteAsync(Batch("key00", "of the copy")), scheduler);
            Finish(copy.CompactAsync(), scheduler);
        }
        Assert.Equal(database.Model.Range(database.Model.LastVersion), ReadAll(engine));
        Assert.Contains(new("key00", "of the copy"), ReadAll(disk, "copy", out _));
    }

    [Fact]
    public async Task A_checkpoint_among_writers_is_a_prefix_of_their_writes()
    {
        var disk = new MemoryFileSystem();
        var options = OptionsOn(disk) with { Scheduler = null, Durability = Durability.None };
        await using var engine = StorageEngine.Open(Folder, options);
        var isOver = false;
        var writer = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
                engine.Write(Batch($"key{engine.LastVersion % 100:00}", $"{engine.LastVersion + 1}"));
        }, TestContext.Current.CancellationToken);
        for (var round = 0; round < 8; round++)
        {
            var acknowledged = engine.LastVersion;
            var version = await engine.CheckpointAsync($"copy{round}");
            Assert.True(version >= acknowledged);
            using var copy = StorageEngine.Open($"copy{round}", OptionsOn(disk));
            Assert.Equal(version, copy.LastVersion);
            // Write n puts "n" at key (n - 1) % 100: in a prefix the values are the last hundred numbers.
            var numbers = ReadAll(copy).Select(pair => long.Parse(pair.Value)).Order();
            var first = Math.Max(1, version - 99);
            Assert.Equal(Enumerable.Range(0, (int)(version - first + 1)).Select(index => first + index), numbers);
        }
        Volatile.Write(ref isOver, true);
        await writer;
    }

    [Fact]
    public void A_read_only_database_makes_checkpoints_too()
    {
        var disk = new MemoryFileSystem();
        var database = new SmallDatabase(disk, seed: 2);
        database.Create();
        using (var engine = StorageEngine.Open(Folder, database.Options with { ReadOnly = true }))
            Finish(engine.CheckpointAsync("copy"), database.Scheduler);
        Assert.Equal(database.Model.Range(database.Model.LastVersion), ReadAll(disk, "copy", out _));
    }

    // Ingested tables have versions that the log does not know, and hold none themselves.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_checkpoint_with_ingested_tables_has_what_the_database_has(bool isReadOnly)
    {
        for (var ingests = 1; ingests <= 3; ingests++)
        {
            var disk = new MemoryFileSystem();
            var database = new SmallDatabase(disk, seed: ingests);
            using (var engine = StorageEngine.Open(Folder, database.Options))
            {
                for (var round = 0; round < ingests; round++)
                {
                    database.Write(engine, 9 * round);
                    Ingest(engine, database, $"in{round}");
                }
                // The last version is that of an ingest, or of the log.
                database.Write(engine, ingests - 1);
            }
            using (var engine = StorageEngine.Open(Folder, database.Options with { ReadOnly = isReadOnly }))
                Finish(engine.CheckpointAsync("copy"), database.Scheduler);

            Assert.Equal(database.Model.Range(database.Model.LastVersion), ReadAll(disk, "copy", out var lastVersion));
            Assert.Equal(database.Model.LastVersion, lastVersion);
            Assert.Empty(StorageEngine.Verify("copy", OptionsOn(disk)).Findings);
            Assert.DoesNotContain(StorageEngine.Verify(Folder, OptionsOn(disk)).Findings, finding => finding.IsDamage);
        }
    }

    [Fact]
    public void A_folder_with_files_is_refused()
    {
        var disk = new MemoryFileSystem();
        var database = new SmallDatabase(disk, seed: 2);
        using var engine = StorageEngine.Open(Folder, database.Options);
        Assert.Throws<ArgumentException>(() => Finish(engine.CheckpointAsync(Folder), database.Scheduler));
    }

    // Pull the plug at every disk operation of a checkpoint: the source has all, the copy has all or is no database.
    [Theory]
    [InlineData(CrashKind.PowerFailure)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced)]
    [InlineData(CrashKind.PowerFailureKeepsUnsynced)]
    [InlineData(CrashKind.ProcessKilled)]
    internal void A_power_failure_leaves_a_whole_checkpoint_or_none(CrashKind kind)
    {
        var powerFailed = true;
        var wholeCopies = 0;
        for (var step = 0; powerFailed; step++)
        {
            var disk = new CrashableFileSystem(seed: step) { FoldersNeedSync = true };
            disk.CreateDirectory(Folder);
            var database = new SmallDatabase(disk, seed: 3);
            powerFailed = TakeUntilPowerFails(database, disk, step);
            output.WriteLine($"{kind} at step {step}: {disk.OperationLog}");

            var restarted = disk.AfterRestart(kind);
            var expected = database.Model.Range(database.Model.LastVersion);
            Assert.Equal(expected, ReadAll(restarted, Folder, out _));
            if (!HasDatabase(restarted))
                continue;
            Assert.Equal(expected, ReadAll(restarted, "copy", out _));
            wholeCopies++;
        }
        Assert.InRange(wholeCopies, 1, 8);
    }

    private static void Ingest(StorageEngine engine, SmallDatabase database, string path)
    {
        using (var writer = new SortedTableWriter(path, database.Options))
        {
            writer.Put("key10"u8, ModelDatabase.Bytes(path));
            writer.Delete("key20"u8);
            writer.Finish();
        }
        var version = Finish(engine.IngestAsync([path]), database.Scheduler);
        database.Model.Apply(version, [ModelOperation.Put("key10", path), ModelOperation.Delete("key20")]);
    }

    private static bool TakeUntilPowerFails(SmallDatabase database, CrashableFileSystem disk, int step)
    {
        try
        {
            using var engine = StorageEngine.Open(Folder, database.Options);
            disk.SyncDirectoryAsync("").AsTask().Wait();
            database.Write(engine, 30, Durability.Sync);
            database.Scheduler.RunUntilIdle();
            disk.PowerFailsAt = disk.OperationCount + step;
            Finish(engine.CheckpointAsync("copy"), database.Scheduler);
            disk.PowerFailsAt = long.MaxValue;
        }
        catch (PowerFailureException)
        {
        }
        catch (FerrisException) when (disk.PowerFailed)
        {
        }
        return disk.PowerFailed;
    }

    // What an interrupted checkpoint left is refused, or there is nothing at all.
    private static bool HasDatabase(CrashableFileSystem disk)
    {
        if (disk.DirectoryExists("copy") && disk.FileExists("copy/CURRENT"))
            return true;
        var error = Assert.Throws<FerrisException>(() => ReadAll(disk, "copy", out _));
        Assert.True(error.Code is ErrorCode.FileNotFound or ErrorCode.FileCorrupt);
        return false;
    }

    private static WriteBatch Batch(string key, string value)
    {
        var batch = new WriteBatch();
        batch.Put(ModelDatabase.Bytes(key), ModelDatabase.Bytes(value));
        return batch;
    }
}
