using FerrisDB.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

// What happens to a transaction while its commit is under way, and to what it leaves behind.
public sealed class TransactionLifeTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Database _database;

    public TransactionLifeTests() => _database = Database.OpenInMemory(new DatabaseOptions
    {
        Seed = 1,
        Storage = new StorageOptions { TimeProvider = _clock },
    });

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_uses_a_transaction_during_its_commit_breaks_it_unless_that_is_allowed(bool isAllowed)
    {
        using var held = new HeldCommits(_database);
        using var transaction = _database.CreateTransaction();
        if (isAllowed)
            transaction.SetOption(TransactionOption.UsedDuringCommitProtectionDisable);
        transaction.Set("k"u8, "v"u8);
        var commit = transaction.CommitAsync().AsTask();

        Assert.Equal(ErrorCode.UsedDuringCommit, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
        await held.ReleaseAsync();

        Assert.Equal(isAllowed ? null : ErrorCode.UsedDuringCommit, await CodeAsync(commit));
        Assert.Equal(ErrorCode.UsedDuringCommit, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
    }

    [Fact]
    public async Task A_transaction_that_is_reset_during_its_commit_is_a_new_one()
    {
        using var held = new HeldCommits(_database);
        using var transaction = _database.CreateTransaction();
        transaction.Set("first"u8, "1"u8);
        var first = transaction.CommitAsync().AsTask();
        transaction.Reset();
        Assert.Null(await transaction.Snapshot.GetAsync("first"u8));
        transaction.Set("second"u8, "2"u8);
        var watch = transaction.WatchAsync("w"u8, Cancellation);
        await held.ReleaseAsync();

        Assert.Equal(ErrorCode.TransactionCancelled, await CodeAsync(first));
        await transaction.CommitAsync();
        Assert.False(watch.IsCompleted);
        Assert.Equal("1", await ReadAsync("first"));
        Assert.Equal("2", await ReadAsync("second"));
    }

    [Fact]
    public async Task The_memory_of_a_commit_that_is_under_way_is_nobody_elses()
    {
        var held = new HeldCommits(_database);
        var commits = new List<Task>();
        for (var number = 0; number < 20; number++)
        {
            var transaction = _database.CreateTransaction();
            transaction.Set([(byte)'k', (byte)number], [(byte)number]);
            commits.Add(transaction.CommitAsync().AsTask());
            if (number % 3 == 0)
                transaction.Cancel();
            if (number % 3 == 1)
                transaction.Reset();
            transaction.Dispose();
        }
        held.Dispose();
        for (var number = 0; number < 20; number++)
        {
            var code = await CodeAsync(commits[number]);
            Assert.Equal(number % 3 == 1 ? ErrorCode.TransactionCancelled : null, code);
        }

        using var reader = _database.CreateTransaction();
        var rows = await reader.GetRangeAsync(new KeyRange("k"u8.ToArray(), "l"u8.ToArray()));
        Assert.Equal(Enumerable.Range(0, 20), rows.Select(row => (int)row.Key.Span[1]));
        Assert.All(rows, row => Assert.Equal(row.Key.Span[1], row.Value.Span[0]));
    }

    [Fact]
    public async Task A_commit_that_takes_longer_than_the_timeout_is_of_unknown_outcome()
    {
        using var held = new HeldCommits(_database);
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.Timeout, 500);
        transaction.Set("k"u8, "v"u8);
        var stamp = transaction.GetVersionstampAsync();
        var commit = transaction.CommitAsync().AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(501));

        var error = await Assert.ThrowsAsync<FerrisException>(() => commit);
        Assert.Equal(ErrorCode.TransactionTimedOut, error.Code);
        Assert.Equal(ErrorCode.TransactionInvalidVersion, await CodeAsync(stamp));
        Assert.Equal(ErrorCode.TransactionTimedOut, await CodeAsync(transaction.OnErrorAsync(error).AsTask()));
        await held.ReleaseAsync();
        await _database.RunAsync(other => other.Set("x"u8, []), Cancellation);
        Assert.Equal("v", await ReadAsync("k"));
    }

    [Fact]
    public async Task The_timeout_counts_all_attempts_and_starts_again_with_a_reset()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.Timeout, 1000);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Null(await transaction.GetAsync("k"u8));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ErrorCode.TransactionTimedOut, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
        Assert.Equal(ErrorCode.TransactionTimedOut, await CodeAsync(transaction.CommitAsync().AsTask()));
        transaction.Reset();
        Assert.Null(await transaction.GetAsync("k"u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_000)]
    public async Task A_timeout_that_is_over_cannot_be_taken_back(int timeoutMs)
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.Timeout, 1000);
        transaction.Set("k"u8, "v"u8);
        _clock.Advance(TimeSpan.FromMilliseconds(1000));
        transaction.SetOption(TransactionOption.Timeout, timeoutMs);
        Assert.Equal(ErrorCode.TransactionTimedOut, await CodeAsync(transaction.CommitAsync().AsTask()));
        transaction.Reset();
        Assert.Null(await transaction.GetAsync("k"u8));
    }

    [Fact]
    public async Task Watches_of_a_transaction_that_gives_up_end()
    {
        var watches = new List<Task>();
        var error = await Assert.ThrowsAsync<FerrisException>(async () => await _database.RunAsync(
            async transaction =>
            {
                watches.Add(transaction.WatchAsync("k"u8, Cancellation));
                await transaction.GetAsync([0xff, 0x01]);
            },
            Cancellation));
        Assert.Equal(ErrorCode.KeyOutsideLegalRange, error.Code);
        var disposed = _database.CreateTransaction();
        watches.Add(disposed.WatchAsync("k"u8, Cancellation));
        disposed.Dispose();
        var reset = _database.CreateTransaction();
        watches.Add(reset.WatchAsync("k"u8, Cancellation));
        reset.Reset();
        using var conflicting = _database.CreateTransaction();
        watches.Add(conflicting.WatchAsync("k"u8, Cancellation));
        conflicting.Set("x"u8, []);
        await _database.RunAsync(other => other.Set("k"u8, "new"u8), Cancellation);
        Assert.Equal(ErrorCode.NotCommitted, await CodeAsync(conflicting.CommitAsync().AsTask()));

        foreach (var watch in watches)
            Assert.NotNull(await CodeAsync(watch));
    }

    [Fact]
    public async Task A_read_of_a_version_to_come_waits_and_then_fails_and_ends_with_a_reset()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetReadVersion(1_000_000);
        var key = transaction.GetKeyAsync(KeySelector.FirstGreaterOrEqual("k"u8.ToArray())).AsTask();
        var page = transaction.GetPageAsync(new KeyRange("a"u8.ToArray(), "z"u8.ToArray())).AsTask();
        transaction.Reset();
        Assert.Null(await transaction.GetAsync("k"u8));
        transaction.Set("k"u8, "v"u8);
        await transaction.CommitAsync();
        using var late = _database.CreateTransaction();
        late.SetReadVersion(long.MaxValue / 2);
        var never = late.GetAsync("k"u8).AsTask();
        for (var step = 0; step < 400 && !never.IsCompleted; step++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        Assert.NotNull(await CodeAsync(key));
        Assert.NotNull(await CodeAsync(page));
        Assert.Equal(ErrorCode.FutureVersion, await CodeAsync(never));
    }

    [Fact]
    public async Task A_closed_database_ends_what_is_outstanding()
    {
        var held = new HeldCommits(_database);
        var transaction = _database.CreateTransaction();
        transaction.Set("k"u8, "v"u8);
        var commit = transaction.CommitAsync().AsTask();
        using var watching = _database.CreateTransaction();
        var watch = watching.WatchAsync("w"u8, Cancellation);
        await watching.CommitAsync();
        var closing = _database.DisposeAsync().AsTask();
        held.Dispose();
        await closing;

        var code = await CodeAsync(commit);
        // Done before the engine closed, refused by it, or told by it that it has closed.
        Assert.True(code is null or ErrorCode.WritesStopped or ErrorCode.TransactionCancelled, $"{code}");
        Assert.Equal(ErrorCode.TransactionCancelled, await CodeAsync(watch));
        transaction.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(async () => await watching.GetAsync("k"u8));
    }

    public void Dispose() => _database.Dispose();

    private static async Task<ErrorCode?> CodeAsync(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (FerrisException error)
        {
            return error.Code;
        }
    }

    private async Task<string?> ReadAsync(string key)
    {
        using var reader = _database.CreateTransaction();
        var value = await reader.GetAsync(System.Text.Encoding.UTF8.GetBytes(key));
        return value is null ? null : System.Text.Encoding.UTF8.GetString(value);
    }
}
