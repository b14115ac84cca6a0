using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

public sealed class WalTests
{
    public static TheoryData<Durability> Durabilities => [Durability.Sync, Durability.Process, Durability.None];

    [Fact]
    public async Task A_folder_without_a_log_recovers_to_nothing()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        folder.Files.CreateDirectory(WalFolder.Directory);

        var (records, end) = await folder.RecoverAsync(durableVersion: 7);

        Assert.Empty(records);
        Assert.Equal((7, true), (end.LastVersion, end.IsClean));
    }

    [Fact]
    public async Task A_writer_that_appends_nothing_leaves_nothing()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var writer = await folder.OpenAsync();
        await writer.CloseAsync();

        Assert.Empty(folder.Segments);
    }

    [Theory, MemberData(nameof(Durabilities))]
    public async Task What_was_appended_is_read_back_in_order_across_many_segments(Durability durability)
    {
        var folder = new WalFolder(new MemoryFileSystem(), durability);
        var expected = new List<(long, string)>();
        var version = 0L;
        for (var session = 0; session < 4; session++)
        {
            var writer = await folder.OpenAsync();
            for (var count = 0; count < 60; count++)
            {
                version += 1 + (version % 3);
                // The one of 100,000 bytes is larger than the largest segment and than the buffer.
                var text = WalFolder.TextOf(version, count == 50 ? 100_000 : (int)(version * 37 % 900));
                await WalFolder.AppendAsync(writer, version, text);
                expected.Add((version, text));
                if (count % 7 == 0)
                    folder.Scheduler.RunOneStep();
                if (count % 5 == 0)
                {
                    writer.Flush();
                    await writer.SyncAsync();
                    Assert.Equal(writer.AppendedPosition, writer.SyncedPosition);
                }
            }
            await writer.CloseAsync();
        }

        var (records, end) = await folder.RecoverAsync();

        Assert.Equal(expected, records);
        Assert.Equal((version, true), (end.LastVersion, end.IsClean));
    }

    [Fact]
    public async Task A_small_log_that_is_often_opened_and_closed_stays_one_segment()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        for (var version = 1; version <= 10; version++)
        {
            var writer = await folder.OpenAsync();
            await WalFolder.AppendAsync(writer, version, $"record {version}");
            await writer.CloseAsync();
        }

        var (records, _) = await folder.RecoverAsync();

        Assert.Equal(["000001.wal"], folder.Segments);
        Assert.Equal(10, records.Count);
    }

    [Fact]
    public async Task A_log_that_was_not_closed_goes_on_in_a_fresh_segment()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        for (var version = 1; version <= 3; version++)
        {
            var writer = await folder.OpenAsync();
            await WalFolder.AppendAsync(writer, version, $"record {version}");
            writer.Flush();
        }

        var (records, end) = await folder.RecoverAsync();

        Assert.Equal(["000001.wal", "000002.wal", "000003.wal"], folder.Segments);
        Assert.Equal([(1, "record 1"), (2, "record 2"), (3, "record 3")], records);
        Assert.False(end.IsClean);
    }

    [Fact]
    public async Task Segments_double_up_to_the_largest_and_are_used_again_when_released()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var writer = await folder.OpenAsync();
        var sizes = new HashSet<long>();
        var numbers = new HashSet<string>();
        for (var version = 1; version <= 400; version++)
        {
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 500));
            writer.Flush();
            await writer.SyncAsync();
            writer.Release(version - 40);
            folder.Scheduler.RunUntilIdle();
            using var hold = writer.Hold();
            sizes.UnionWith(hold.Segments.Select(segment => segment.SizeBytes));
            numbers.UnionWith(folder.Segments);
            Assert.InRange(folder.Segments.Count(), 1, 8);
        }

        Assert.Equal([4096, 8192, 16384], sizes.Order());
        Assert.InRange(numbers.Count, 12, 40);
        await writer.CloseAsync();
        var (records, _) = await folder.RecoverAsync(durableVersion: 360);
        Assert.Equal(
            Enumerable.Range(361, 40).Select(version => (long)version), records.Select(record => record.Version));
    }

    [Fact]
    public async Task Where_no_commit_waits_for_the_disk_a_released_segment_never_comes_back()
    {
        var folder = new WalFolder(new MemoryFileSystem(), Durability.Process);
        var writer = await folder.OpenAsync();
        for (var version = 1; version <= 200; version++)
        {
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 500));
            writer.Release(version - 1);
            folder.Scheduler.RunUntilIdle();
            foreach (var segment in WalSegmentFile.List(folder.Files, WalFolder.Directory))
            {
                using var reader = segment.Open(folder.Files);
                Assert.True(reader.IsBegun || reader.IsBlankFrom(0), $"version {version}: {segment.Path}");
            }
        }

        Assert.Equal(0, writer.ReservedBytes);
        await writer.CloseAsync();
        var (records, _) = await folder.RecoverAsync(durableVersion: 199);
        Assert.Equal([(200, WalFolder.TextOf(200, 500))], records);
    }

    [Fact]
    public async Task Held_segments_stay_until_the_hold_is_disposed()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var writer = await folder.OpenAsync();
        for (var version = 1; version <= 20; version++)
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 1000));
        var before = folder.Segments.ToArray();
        var hold = writer.Hold();
        writer.Release(19);
        folder.Scheduler.RunUntilIdle();
        Assert.Subset(folder.Segments.ToHashSet(), before.ToHashSet());
        hold.Dispose();
        folder.Scheduler.RunUntilIdle();
        Assert.DoesNotContain(before[0], folder.Segments);
    }

    [Fact]
    public async Task The_log_goes_on_in_the_next_segment_without_waiting_for_the_disk()
    {
        var disk = new PausableDisk(new MemoryFileSystem());
        var folder = new WalFolder(disk, Durability.Process);
        var writer = await folder.OpenAsync();
        await WalFolder.AppendAsync(writer, 1, WalFolder.TextOf(1, 3500));
        Assert.Equal(1, folder.Known.Number);
        folder.Scheduler.RunUntilIdle(); // prepares the next segment

        disk.IsPaused = true;
        var syncs = disk.SyncCount;
        var appending = WalFolder.AppendAsync(writer, 2, WalFolder.TextOf(2, 700));
        Assert.True(appending.IsCompletedSuccessfully);
        Assert.Equal((syncs, 2, 1), (disk.SyncCount, folder.Segments.Count(), folder.Known.Number));

        // The header follows behind the writer, and then the manifest.
        Assert.True(folder.Scheduler.RunOneStep());
        Assert.Equal((1, 1), (disk.PendingSyncs, folder.Known.Number));
        disk.CompleteSync();
        folder.Scheduler.RunUntilIdle();
        Assert.Equal(2, folder.Known.Number);
    }

    [Fact]
    public async Task The_manifest_knows_the_segment_of_whatever_was_synced()
    {
        var folder = new WalFolder(new MemoryFileSystem(), Durability.Process);
        var writer = await folder.OpenAsync();
        for (var version = 1; version <= 40; version++)
        {
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 700));
            writer.Flush();
            await writer.SyncAsync();
            Assert.Equal(folder.Segments.Last(), FileNames.Wal(folder.Known.Number));
        }
    }

    [Fact]
    public async Task The_segment_that_the_manifest_knows_stays_until_the_next_one_is_confirmed()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var folder = new WalFolder(new MemoryFileSystem(), Durability.Process) { Scheduler = new(seed) };
            var writer = await folder.OpenAsync();
            for (var version = 1; version <= 40; version++)
            {
                await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 900));
                writer.Release(version);
                folder.Scheduler.RunOneStep();
                Assert.Contains(FileNames.Wal(folder.Known.Number), folder.Segments);
            }
        }
    }

    [Fact]
    public async Task A_log_that_begins_behind_what_tables_hold_is_refused()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var writer = await folder.OpenAsync();
        for (var version = 1; version <= 20; version++)
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 1000));
        await writer.CloseAsync();
        folder.Files.Delete(WalFolder.Directory + "/000001.wal");

        var error = await Assert.ThrowsAsync<FerrisException>(() => folder.RecoverAsync());
        Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        var (records, _) = await folder.RecoverAsync(durableVersion: 10);
        Assert.Equal((11, 10), (records[0].Version, records.Count));
    }

    [Fact]
    public async Task A_missing_segment_in_the_middle_is_refused()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var writer = await folder.OpenAsync();
        for (var version = 1; version <= 20; version++)
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 1000));
        await writer.CloseAsync();
        folder.Files.Delete(WalFolder.Directory + "/000002.wal");

        var error = await Assert.ThrowsAsync<FerrisException>(() => folder.RecoverAsync());
        Assert.Equal(ErrorCode.FileCorrupt, error.Code);
    }

    [Fact]
    public async Task Reading_only_writes_nothing()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var writer = await folder.OpenAsync();
        for (var version = 1; version <= 20; version++)
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 1000));
        folder.Scheduler.RunUntilIdle();
        writer.Flush();
        var before = folder.Segments.ToArray();

        var (records, _) = await folder.RecoverAsync(isReadOnly: true);

        Assert.Equal(20, records.Count);
        Assert.Equal(before, folder.Segments);
    }

    [Fact]
    public async Task What_an_earlier_use_left_in_a_segment_never_passes()
    {
        var options = new StorageOptions
        {
            Durability = Durability.Sync,
            WalSegmentFirstBytes = 4096,
            WalSegmentLargestBytes = 4096,
        };
        var folder = new WalFolder(new MemoryFileSystem()) { Options = options };
        var writer = await folder.OpenAsync();
        // Records of one size: where the new ones end, an old one begins.
        for (var version = 10; version < 200; version++)
        {
            await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 400));
            writer.Flush();
            var durableVersion = Math.Max(0, version - 12);
            writer.Release(durableVersion);
            folder.Scheduler.RunUntilIdle();
            var (records, end) = await folder.RecoverAsync(durableVersion, isReadOnly: true);
            Assert.Equal(version, end.LastVersion);
            Assert.Equal(Math.Min(12, version - 9), records.Count);
        }
        Assert.True(string.CompareOrdinal(folder.Segments.Last(), "000010.wal") > 0);
    }

    [Fact]
    public async Task A_commit_that_needs_nothing_stays_in_the_buffer_until_a_stronger_one_comes()
    {
        var folder = new WalFolder(new MemoryFileSystem(), Durability.None);
        var writer = await folder.OpenAsync();
        await WalFolder.AppendAsync(writer, 1, "buffered");
        Assert.True(writer.FlushedPosition < writer.AppendedPosition);
        writer.Flush();
        Assert.Equal(writer.FlushedPosition, writer.AppendedPosition);
        Assert.True(writer.SyncedPosition < writer.AppendedPosition);
        await writer.SyncAsync();
        Assert.Equal(writer.SyncedPosition, writer.AppendedPosition);
    }

    [Fact]
    public async Task A_process_commit_is_in_the_file_at_once_without_a_flush()
    {
        var folder = new WalFolder(new MemoryFileSystem(), Durability.Process);
        var writer = await folder.OpenAsync();
        await WalFolder.AppendAsync(writer, 1, "mapped");
        Assert.Equal(writer.FlushedPosition, writer.AppendedPosition);

        var (records, _) = await folder.RecoverAsync(isReadOnly: true);
        Assert.Equal([(1, "mapped")], records);
    }
}
