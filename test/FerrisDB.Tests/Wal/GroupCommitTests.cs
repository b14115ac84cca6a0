using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Wal;

// Everything here runs on one thread; GroupCommitStressTests has the threads.
public sealed class GroupCommitTests
{
    private readonly RecordingTarget _target = new();

    public static TheoryData<Durability> Durabilities => [Durability.Sync, Durability.Process, Durability.None];

    [Theory, MemberData(nameof(Durabilities))]
    public async Task A_lone_commit_runs_straight_through_and_allocates_nothing(Durability durability)
    {
        var options = new StorageOptions { Durability = durability };
        var folder = new WalFolder(new MemoryFileSystem(), durability) { Options = options };
        var wal = await folder.OpenAsync();
        var commits = new GroupCommit(wal, new NullTarget());
        var batch = new WriteBatch();
        var expected = 0L;

        CommitMany(); // creates the segment
        Assert.Equal(0, Allocations.LeastOf(rounds: 5, CommitMany));
        await wal.CloseAsync();

        void CommitMany()
        {
            for (var time = 0; time < 100; time++)
            {
                batch.Clear();
                batch.Put("key"u8, "value"u8);
                var commit = commits.CommitAsync(batch, durability);
                var isRight = commit.IsCompletedSuccessfully && commit.Result == ++expected;
                if (!isRight || commits.Commit(batch, durability) != ++expected)
                    Assert.Fail($"The commit of version {expected} did not run straight through.");
            }
        }
    }

    [Fact]
    public async Task A_version_may_be_given_if_it_is_above_the_last()
    {
        var (commits, _) = await OpenAsync(new MemoryFileSystem());

        Assert.Equal(1, await commits.CommitAsync(Put("a"), Durability.Sync));
        Assert.Equal(50, await commits.CommitAsync(Put("b"), Durability.Sync, version: 50));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await commits.CommitAsync(Put("c"), Durability.Sync, version: 50));
        Assert.Throws<ArgumentException>(() => commits.Commit(Put("d"), Durability.None, version: 3));
        Assert.Equal(51, commits.Commit(Put("e"), Durability.None));
        Assert.Equal([1, 50, 51], _target.Applied);
        Assert.Empty(_target.Failures);
    }

    [Fact]
    public async Task An_empty_batch_makes_everything_before_it_durable()
    {
        var (commits, wal) = await OpenAsync(new MemoryFileSystem(), Durability.None);
        commits.Commit(Put("a"), Durability.None);
        Assert.True(wal.SyncedPosition < wal.AppendedPosition);

        Assert.Equal(1, commits.Commit(new WriteBatch(), Durability.Sync));

        Assert.Equal(wal.SyncedPosition, wal.AppendedPosition);
        Assert.Equal([1], _target.Applied);
    }

    [Fact]
    public async Task An_empty_batch_with_a_version_is_a_commit()
    {
        var folder = new WalFolder(new MemoryFileSystem());
        var wal = await folder.OpenAsync();
        var commits = new GroupCommit(wal, _target);

        Assert.Equal(7, commits.Commit(new WriteBatch(), Durability.Sync, version: 7));

        Assert.Equal(7, _target.Published);
        Assert.Equal(7, (await folder.RecoverAsync(isReadOnly: true)).End.LastVersion);
    }

    [Fact]
    public async Task The_next_group_is_appended_while_the_last_one_syncs_and_shares_one_sync()
    {
        var disk = new PausableDisk(new MemoryFileSystem());
        var (commits, wal) = await OpenAsync(disk);
        await commits.CommitAsync(Put("first"), Durability.Sync);
        var syncs = disk.SyncCount;
        disk.IsPaused = true;

        var second = commits.CommitAsync(Put("second"), Durability.Sync).AsTask();
        var third = commits.CommitAsync(Put("third"), Durability.Sync).AsTask();
        var fourth = commits.CommitAsync(Put("fourth"), Durability.Process).AsTask();

        Assert.Equal([1, 2, 3, 4], _target.Applied);
        Assert.Equal((1, 1), (disk.PendingSyncs, _target.Published));
        await disk.Waiting.WaitAsync(TestContext.Current.CancellationToken);
        disk.CompleteSync();
        Assert.Equal(2, await second);
        await disk.Waiting.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 2), (disk.PendingSyncs, _target.Published));
        Assert.False(third.IsCompleted || fourth.IsCompleted);
        disk.CompleteSync();
        Assert.Equal((3, 4), (await third, await fourth));
        Assert.Equal(syncs + 2, disk.SyncCount);
        Assert.Equal(wal.SyncedPosition, wal.AppendedPosition);
        Assert.Empty(_target.Faults);
    }

    [Fact]
    public async Task A_weaker_commit_is_not_published_before_an_older_stronger_one()
    {
        var disk = new PausableDisk(new MemoryFileSystem());
        var (commits, _) = await OpenAsync(disk);
        await commits.CommitAsync(Put("first"), Durability.Sync);
        disk.IsPaused = true;

        var strong = commits.CommitAsync(Put("strong"), Durability.Sync).AsTask();
        var weak = commits.CommitAsync(Put("weak"), Durability.None).AsTask();

        Assert.Equal(1, _target.Published);
        disk.CompleteSync();
        Assert.Equal((2, 3), (await strong, await weak));
        Assert.Equal(0, disk.PendingSyncs);
    }

    [Fact]
    public async Task Commits_wait_in_order_while_the_target_makes_room()
    {
        var (commits, _) = await OpenAsync(new MemoryFileSystem());
        var room = new TaskCompletionSource();
        _target.Prepare = () => new ValueTask(room.Task);

        var tasks = Enumerable.Range(1, 5)
            .Select(number => commits.CommitAsync(Put($"{number}"), Durability.Sync).AsTask());
        var all = Task.WhenAll(tasks);

        Assert.Empty(_target.Applied);
        room.SetResult();
        var versions = await all;
        Assert.Equal([1, 2, 3, 4, 5], versions);
        Assert.Equal(5, _target.Published);
    }

    [Fact]
    public async Task A_commit_for_which_there_is_no_room_fails_alone()
    {
        var (commits, _) = await OpenAsync(new MemoryFileSystem());
        _target.Prepare = () => throw new FerrisException(ErrorCode.DiskFull, "The disk is nearly full.");
        var error = Assert.Throws<FerrisException>(() => commits.Commit(Put("a"), Durability.Sync));
        Assert.Equal(ErrorCode.DiskFull, error.Code);

        _target.Prepare = () => default;

        Assert.Equal(1, commits.Commit(Put("b"), Durability.Sync));
        Assert.Empty(_target.Failures);
    }

    [Fact]
    public async Task A_failed_sync_fails_all_that_wait_for_it_and_stops_writes_for_good()
    {
        var disk = new PausableDisk(new MemoryFileSystem());
        var (commits, wal) = await OpenAsync(disk);
        await commits.CommitAsync(Put("first"), Durability.Sync);
        disk.IsPaused = true;
        var tasks = Enumerable.Range(0, 4).Select(_ => commits.CommitAsync(Put("a"), Durability.Sync).AsTask())
            .ToList();

        disk.FailSync();

        foreach (var task in tasks)
            Assert.Equal(ErrorCode.IoError, (await Assert.ThrowsAsync<FerrisException>(() => task)).Code);
        var later = Assert.Throws<FerrisException>(() => commits.Commit(Put("b"), Durability.None));
        Assert.Equal(ErrorCode.WritesStopped, later.Code);
        Assert.Contains("The disk is broken.", later.Message, StringComparison.Ordinal);
        Assert.Equal(1, _target.Published);
        Assert.Single(_target.Failures);
        Assert.NotNull(wal.Failure);
        await commits.CloseAsync();
        await wal.CloseAsync();
    }

    [Fact]
    public async Task A_full_disk_says_so_and_nothing_was_written()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        var (commits, wal) = await OpenAsync(disk);
        disk.FailWhen(operation => operation.Kind == DiskOperationKind.Write, ErrorCode.DiskFull);

        var error = Assert.Throws<FerrisException>(() => commits.Commit(Put("a"), Durability.Sync));

        Assert.Equal(ErrorCode.DiskFull, error.Code);
        Assert.Empty(_target.Applied);
        Assert.Equal(ErrorCode.WritesStopped, Assert.Throws<FerrisException>(
            () => commits.Commit(Put("b"), Durability.Sync)).Code);
        disk.Heal();
        await wal.CloseAsync();
        Assert.Equal(0, (await new WalFolder(disk).RecoverAsync()).End.LastVersion);
    }

    [Fact]
    public async Task Closing_waits_for_commits_under_way_and_refuses_new_ones()
    {
        var disk = new PausableDisk(new MemoryFileSystem());
        var (commits, wal) = await OpenAsync(disk);
        await commits.CommitAsync(Put("first"), Durability.Sync);
        disk.IsPaused = true;
        var commit = commits.CommitAsync(Put("second"), Durability.Sync).AsTask();

        var closing = commits.CloseAsync().AsTask();

        Assert.Throws<ObjectDisposedException>(() => commits.Commit(Put("late"), Durability.None));
        Assert.False(closing.IsCompleted);
        disk.IsPaused = false;
        disk.CompleteSync();
        await closing;
        Assert.Equal(2, await commit);
        await wal.CloseAsync();
    }

    [Fact]
    public async Task A_batch_that_is_being_committed_cannot_be_committed_again()
    {
        var disk = new PausableDisk(new MemoryFileSystem());
        var (commits, _) = await OpenAsync(disk);
        await commits.CommitAsync(Put("first"), Durability.Sync);
        disk.IsPaused = true;
        var batch = Put("second");
        var commit = commits.CommitAsync(batch, Durability.Sync).AsTask();

        Assert.Throws<InvalidOperationException>(() => commits.Commit(batch, Durability.Sync));

        disk.CompleteSync();
        Assert.Equal(2, await commit);
        disk.IsPaused = false;
        Assert.Equal(3, commits.Commit(batch, Durability.Sync));
    }

    [Fact]
    public async Task Whoever_leads_hands_over_and_nobody_is_forgotten()
    {
        var disk = new PausableDisk(new MemoryFileSystem());
        var (commits, _) = await OpenAsync(disk);
        await commits.CommitAsync(Put("first"), Durability.Sync);
        disk.IsPaused = true;
        var tasks = new List<Task<long>>();

        // One more waits before each sync ends, so one leader would have to go on for ever.
        for (var round = 0; round < 100; round++)
        {
            tasks.Add(commits.CommitAsync(Put("a"), Durability.Sync).AsTask());
            Assert.True(SpinWait.SpinUntil(() => disk.PendingSyncs > 0, TimeSpan.FromSeconds(10)));
            tasks.Add(commits.CommitAsync(Put("b"), Durability.Sync).AsTask());
            disk.CompleteSync();
        }
        disk.IsPaused = false;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                if (disk.PendingSyncs > 0)
                    disk.CompleteSync();
                return tasks.TrueForAll(task => task.IsCompleted);
            },
            TimeSpan.FromSeconds(10)));

        Assert.Equal(Enumerable.Range(2, 200).Select(version => (long)version), await Task.WhenAll(tasks));
        Assert.Empty(_target.Faults);
    }

    private async Task<(GroupCommit Commits, WalWriter Wal)> OpenAsync(
        IFileSystem files, Durability durability = Durability.Sync)
    {
        var wal = await new WalFolder(files, durability).OpenAsync();
        return (new GroupCommit(wal, _target), wal);
    }

    private static WriteBatch Put(string key)
    {
        var batch = new WriteBatch();
        batch.Put(System.Text.Encoding.UTF8.GetBytes(key), "value"u8);
        return batch;
    }

    private sealed class NullTarget : ICommitTarget
    {
        public ValueTask PrepareAsync(int entries, long bytes) => default;

        public void Apply(long version, ReadOnlySpan<byte> payload, int entries)
        {
        }

        public void Publish(long version)
        {
        }

        public void Fail(Exception failure)
        {
        }
    }
}
