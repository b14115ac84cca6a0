using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Recovery;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>What a backup restores is what the database was, at every version that it covers.</summary>
public sealed class BackupTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Every_version_that_a_row_of_backups_covers_is_restored_as_it_was(bool isEncrypted, bool linksFiles)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var scene = new BackupScene(
                new MemoryFileSystem(), seed, isEncrypted ? KeyOf(seed) : null, linksFiles);
            using (var engine = scene.Open())
            {
                for (var round = 0; round < 4; round++)
                {
                    scene.Database.Write(engine, 9 + (5 * seed));
                    scene.Backup(engine);
                }
                SmallDatabase.Finish(engine.CompactAsync(), scene.Database.Scheduler);
            }
            foreach (var backup in Done(scene.Target.ListAsync()))
            {
                for (var version = backup.FirstVersion; version <= backup.LastVersion; version++)
                    scene.AssertRestores($"{backup.Id}-{version}", new() { BackupId = backup.Id, Version = version });
            }
            Assert.True(Done(scene.Target.VerifyAsync()).IsSound);
        }
    }

    [Fact]
    public void A_restored_database_goes_on_from_the_version_that_it_was_restored_at()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 3);
        var backup = scene.WriteAndBackUp(20).Backup;
        var version = backup.LastVersion - 1;
        scene.AssertRestores("copy", new() { Version = version });

        using var engine = StorageEngine.Open("copy", SmallDatabase.OptionsOn(scene.Disk, scene.Database.Scheduler));
        scene.Model.RollBackTo(version);
        scene.Database.Write(engine, 30);
        Assert.Equal(scene.Model.Range(scene.Model.LastVersion), SmallDatabase.ReadAll(engine));
    }

    [Fact]
    public async Task A_backup_among_writers_is_a_prefix_of_their_writes()
    {
        var disk = new MemoryFileSystem();
        var options = SmallDatabase.OptionsOn(disk) with { Scheduler = null, Durability = Durability.None };
        var target = new BackupTarget(new FolderBackupStore(disk, Place), disk);
        await using var engine = StorageEngine.Open(SmallDatabase.Folder, options);
        var isOver = false;
        var writer = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                var number = engine.LastVersion + 1;
                engine.Put(ModelDatabase.Bytes($"key{number % 100:00}"), ModelDatabase.Bytes($"{number}"));
            }
        }, TestContext.Current.CancellationToken);
        for (var round = 0; round < 6; round++)
        {
            var acknowledged = engine.LastVersion;
            var backup = (await engine.BackupAsync(target)).Backup;
            Assert.True(backup.LastVersion >= acknowledged);
            var versions = new[] { backup.FirstVersion, backup.LastVersion };
            foreach (var version in versions.Distinct())
            {
                await target.RestoreAsync($"copy{round}-{version}", new() { Version = version });
                // Write n puts "n" at key n % 100: in a prefix the values are the last hundred numbers.
                var numbers = SmallDatabase.ReadAll(disk, $"copy{round}-{version}", out var lastVersion)
                    .Select(pair => long.Parse(pair.Value)).Order();
                Assert.Equal(version, lastVersion);
                var first = Math.Max(1, version - 99);
                Assert.Equal(
                    Enumerable.Range(0, (int)(version - first + 1)).Select(index => first + index), numbers);
            }
        }
        Volatile.Write(ref isOver, true);
        await writer;
    }

    [Fact]
    public void A_database_that_is_open_for_reading_is_backed_up_too()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 2);
        scene.Database.Create();
        using (var engine = StorageEngine.Open(SmallDatabase.Folder, scene.Database.Options with { ReadOnly = true }))
            scene.Backup(engine);
        scene.AssertRestores("copy", new());
        using (scene.Open())
        {
            // An open for writing changes files, and none of the backup.
        }
        Assert.True(Done(scene.Target.VerifyAsync()).IsSound);
    }

    [Fact]
    public void An_empty_database_is_backed_up_and_restored()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 2);
        scene.WriteAndBackUp(0);
        Assert.Equal(0, scene.AssertRestores("copy", new()).LastVersion);
    }

    [Fact]
    public void What_an_earlier_backup_has_is_neither_read_nor_stored_again()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 5);
        scene.Database.Create();
        using var engine = scene.Open();
        var first = scene.Backup(engine);
        Assert.Equal(first.Backup.SizeBytes, first.BytesAdded);
        var logAndManifest = Done(scene.Target.ListAsync())[0].SizeBytes
            - engine.GetStatistics().Levels.Sum(level => level.SizeBytes) - engine.GetStatistics().Blobs.SizeBytes;

        scene.Database.Write(engine, 1);
        var second = scene.Backup(engine);
        Assert.InRange(second.FilesAdded, 2, 3);
        Assert.InRange(second.BytesRead, 1, logAndManifest + 1024);
        Assert.InRange(second.BytesAdded, 1, second.BytesRead);
        scene.AssertRestores("copy1", new() { BackupId = "000001" });
        scene.AssertRestores("copy2", new());
    }

    // Two databases with one past number their files alike, and the files differ.
    [Fact]
    public void Files_of_a_copy_that_went_its_own_way_are_not_taken_for_those_of_the_original()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 7);
        var past = scene.WriteAndBackUp(30).Backup;
        scene.AssertRestores("other", new());
        scene.WriteAndBackUp(25);

        var other = new SmallDatabase(scene.Disk, seed: 70);
        using (var engine = StorageEngine.Open("other", other.Options))
        {
            other.Write(engine, 25);
            SmallDatabase.Finish(engine.BackupAsync(scene.Target), other.Scheduler);
        }
        Assert.True(Done(scene.Target.VerifyAsync()).IsSound);
        scene.AssertRestores("copy2", new() { BackupId = "000002" });
        var found = SmallDatabase.ReadAll(scene.Disk, "other", out _);
        Done(scene.Target.RestoreAsync("copy3", new() { BackupId = "000003" }));
        Assert.Equal(found, SmallDatabase.ReadAll(scene.Disk, "copy3", out var lastVersion));
        Assert.Equal(past.LastVersion + 25, lastVersion);
    }

    [Fact]
    public void An_interrupted_backup_does_not_count_and_the_next_one_stores_the_rest_alone()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 4);
        scene.Database.Create();
        using var engine = scene.Open();
        using var giveUp = new CancellationTokenSource();
        var options = new BackupOptions
        {
            Progress = progress =>
            {
                if (progress.BytesDone > progress.BytesTotal / 2)
                    giveUp.Cancel();
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => SmallDatabase.Finish(
            engine.BackupAsync(scene.Target, options, giveUp.Token), scene.Database.Scheduler));
        Assert.Empty(Done(scene.Target.ListAsync()));

        var result = scene.Backup(engine);
        Assert.InRange(result.BytesAdded, 1, result.Backup.SizeBytes * 2 / 3);
        scene.AssertRestores("copy", new());
    }

    [Fact]
    public void An_interrupted_restore_is_no_database_and_goes_on_where_it_stopped()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 4);
        scene.Database.Create();
        using (var engine = scene.Open())
            scene.Backup(engine);
        using var giveUp = new CancellationTokenSource();
        var options = new RestoreOptions
        {
            Progress = progress =>
            {
                if (progress.BytesDone > progress.BytesTotal / 2)
                    giveUp.Cancel();
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Done(scene.Target.RestoreAsync("copy", options, giveUp.Token)));

        var refused = Assert.Throws<FerrisException>(() => SmallDatabase.ReadAll(scene.Disk, "copy", out _));
        Assert.Contains("was interrupted", refused.Message, StringComparison.Ordinal);
        Assert.Throws<FerrisException>(() => StorageEngine.PlanRepair("copy", SmallDatabase.OptionsOn(scene.Disk)));
        var other = Assert.Throws<FerrisException>(() =>
            Done(scene.Target.RestoreAsync("copy", new() { Version = scene.Model.LastVersion - 1 })));
        Assert.Equal(ErrorCode.RestoreDestinationNotEmpty, other.Code);

        var result = scene.AssertRestores("copy", new());
        Assert.InRange(result.BytesKept, 1, result.SizeBytes - 1);
        Assert.DoesNotContain(RestoreMark.FileName, scene.Disk.List("copy"));
    }

    [Fact]
    public void A_time_finds_its_version()
    {
        var taken = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var backup = new BackupManifest
        {
            Id = "000001",
            TakenAt = taken,
            FirstVersion = 4_000_000,
            LastVersion = 9_000_000,
            Clock = new BackupClock(10_000_000, 2_000_000, 1_000_000),
            CreatedBy = "a test",
            Files = [],
        };
        Assert.Equal(9_000_000, backup.VersionAt(taken));
        Assert.Equal(9_000_000, backup.VersionAt(taken.AddYears(1)));
        Assert.Equal(9_000_000, backup.VersionAt(taken.AddMilliseconds(-500)));
        Assert.Equal(7_500_000, backup.VersionAt(taken.AddMilliseconds(-2500)));
        Assert.Equal(4_000_000, backup.VersionAt(taken.AddSeconds(-6)));
        Assert.Null(backup.VersionAt(taken.AddSeconds(-7)));
        // What was committed between the look at the clock and the end of the log has its time, too.
        var late = backup with { Clock = new BackupClock(8_000_000, 2_000_000, 1_000_000) };
        Assert.Equal(8_000_000, late.VersionAt(taken));
        Assert.Equal(8_500_000, late.VersionAt(taken.AddMilliseconds(500)));
        Assert.Equal(9_000_000, late.VersionAt(taken.AddSeconds(2)));
        Assert.Equal(9_000_000, (backup with { Clock = null }).VersionAt(taken));
        Assert.Null((backup with { Clock = null }).VersionAt(taken.AddMilliseconds(-1)));
        Assert.Null((backup with { Clock = new(10_000_000, 8_000_000, 1_000_000) }).VersionAt(taken.AddSeconds(-3)));
    }

    [Fact]
    public async Task A_database_is_restored_as_it_was_at_a_time()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var disk = new MemoryFileSystem();
        var storage = new StorageOptions { FileSystem = disk, TimeProvider = clock };
        var target = new BackupTarget(new FolderBackupStore(disk, Place), disk);
        var times = new List<DateTimeOffset>();
        await using (var database = await Database.OpenAsync("db", new DatabaseOptions { Storage = storage }))
        {
            for (var second = 0; second < 5; second++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                await database.RunAsync(transaction => transaction.Set("second"u8, [(byte)second]));
                times.Add(clock.GetUtcNow());
                clock.Advance(TimeSpan.FromSeconds(1));
            }
            await database.BackupAsync(target);
        }
        for (var second = 0; second < 5; second++)
        {
            await target.RestoreAsync($"at{second}", new() { Time = times[second].AddMilliseconds(500) });
            await using var restored = await Database.OpenAsync(
                $"at{second}", new DatabaseOptions { Storage = storage });
            var found = await restored.ReadAsync(transaction => transaction.GetAsync("second"u8));
            Assert.Equal<byte>([(byte)second], found ?? []);
        }
        var refused = await Assert.ThrowsAsync<FerrisException>(async () =>
            await target.RestoreAsync("before", new() { Time = times[0].AddHours(-1) }));
        Assert.Equal(ErrorCode.RestoreInvalidVersion, refused.Code);
    }
}
