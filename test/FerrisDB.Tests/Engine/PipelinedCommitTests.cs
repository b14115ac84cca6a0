using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Wal;

namespace FerrisDB.Tests.Engine;

// The thread that leads is held up in the sync of the log, as by a real disk, for as long as the test wants. Whatever
// others do meanwhile they do without it.
public sealed class PipelinedCommitTests
{
    private readonly PausableDisk _disk = new(new MemoryFileSystem()) { Blocks = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StorageOptions Options =>
        new() { FileSystem = _disk, Scheduler = new ManualScheduler(), FreeDiskBytesMin = 0 };

    [Fact]
    public async Task A_commit_that_comes_during_a_sync_is_logged_and_applied_while_that_sync_runs()
    {
        using var engine = StorageEngine.Open("/db", Options);
        var before = engine.Put("before"u8, "0"u8);
        _disk.IsPaused = true;
        var first = OnThread(() => engine.Put("first"u8, "1"u8));
        await _disk.Waiting.WaitAsync(Cancellation);
        var appended = engine.Parts.Wal!.AppendedPosition;

        var second = engine.WriteAsync(Put("second")).AsTask();
        var third = engine.WriteAsync(Put("third")).AsTask();

        Assert.True(IsApplied(engine, "second", before + 2) && IsApplied(engine, "third", before + 3));
        Assert.True(engine.Parts.Wal.AppendedPosition > appended);
        Assert.Equal((before, 1), (engine.LastVersion, _disk.PendingSyncs));
        Assert.False(first.IsCompleted || second.IsCompleted || third.IsCompleted);
        Assert.Null(engine.Get("second"u8));

        // The second sync is for all who came during the first.
        _disk.CompleteSync();
        await _disk.Waiting.WaitAsync(Cancellation);
        Assert.Equal((before + 1, 1), (engine.LastVersion, _disk.PendingSyncs));
        Assert.False(second.IsCompleted || third.IsCompleted);
        _disk.CompleteSync();
        Assert.Equal([before + 1, before + 2, before + 3], await Task.WhenAll(first, second, third));
        _disk.IsPaused = false;
    }

    [Fact]
    public async Task Transactions_that_come_during_a_sync_are_decided_while_that_sync_runs()
    {
        using var database = Database.Open("/db", new DatabaseOptions { Storage = Options });
        await database.RunAsync(transaction => transaction.Set("read"u8, "0"u8), Cancellation);
        var engine = database.Storage;
        var before = engine.LastVersion;
        using var late = database.CreateTransaction();
        await late.GetAsync("read"u8);
        late.Set("late"u8, "2"u8);
        using var other = database.CreateTransaction();
        other.Set("other"u8, "3"u8);
        _disk.IsPaused = true;
        var first = OnThread(() =>
            database.RunAsync(transaction => transaction.Set("read"u8, "1"u8), Cancellation).AsTask().Wait());
        await _disk.Waiting.WaitAsync(Cancellation);

        var refused = late.CommitAsync().AsTask();
        var accepted = other.CommitAsync().AsTask();

        Assert.True(IsApplied(engine, "other", EntryTag.VersionMax));
        Assert.False(IsApplied(engine, "late", EntryTag.VersionMax));
        Assert.Equal((before, 1), (engine.LastVersion, _disk.PendingSyncs));
        Assert.False(first.IsCompleted || refused.IsCompleted || accepted.IsCompleted);

        _disk.IsPaused = false;
        _disk.CompleteSync();
        await Task.WhenAll(first, accepted);
        var error = await Assert.ThrowsAsync<FerrisException>(() => refused);
        Assert.Equal(ErrorCode.NotCommitted, error.Code);
        Assert.NotNull(engine.Get("other"u8));
    }

    // Also what is not published yet.
    private static bool IsApplied(StorageEngine engine, string key, long version)
    {
        using var epoch = Epochs.Enter();
        return engine.FindAt(System.Text.Encoding.UTF8.GetBytes(key), version, out _);
    }

    private static WriteBatch Put(string key)
    {
        var batch = new WriteBatch();
        batch.Put(System.Text.Encoding.UTF8.GetBytes(key), "value"u8);
        return batch;
    }

    private static Task<long> OnThread(Func<long> work) =>
        Task.Factory.StartNew(work, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task OnThread(Action work) =>
        Task.Factory.StartNew(work, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
