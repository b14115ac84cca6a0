using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>When a watch fires, and when it fails instead.</summary>
public sealed class WatchTests : IAsyncLifetime, IDisposable
{
    private readonly ContractScene _scene = new();

    public async ValueTask InitializeAsync() => await _scene.RunAsync("set k v");

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("set k w", true)]
    [InlineData("clear k", true)]
    [InlineData("clearrange a z", true)]
    [InlineData("append k !", true)]
    [InlineData("stampvalue k", true)]
    // The key has the value that it had, or others have changed.
    [InlineData("set k v", false)]
    [InlineData("clear k; set k v", false)]
    [InlineData("set j w; set k\0 w; clearrange a k", false)]
    [InlineData("writeconflict a z", false)]
    public async Task A_watch_fires_when_its_key_has_another_value_than_was_seen(string calls, bool fires)
    {
        using var transaction = _scene.Begin();
        var watch = transaction.WatchAsync("k"u8, _scene.Cancellation);
        await transaction.CommitAsync();
        await _scene.RunAsync(calls.Split("; "));

        if (fires)
            await _scene.ComesAsync(watch);
        else
            Assert.False(watch.IsCompleted);
    }

    [Fact]
    public async Task Several_watches_of_a_key_all_fire()
    {
        using var transaction = _scene.Begin();
        var first = transaction.WatchAsync("k"u8, _scene.Cancellation);
        var second = transaction.WatchAsync("k"u8, _scene.Cancellation);
        await transaction.CommitAsync();
        await _scene.RunAsync("clear k");

        await _scene.ComesAsync(Task.WhenAll(first, second));
        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_was_seen_is_the_value_with_the_transactions_own_writes()
    {
        using var transaction = _scene.Begin();
        transaction.Set("k"u8, "own"u8);
        var watch = transaction.WatchAsync("k"u8, _scene.Cancellation);
        await transaction.CommitAsync();
        await _scene.RunAsync("set k own");
        Assert.False(watch.IsCompleted);
        await _scene.RunAsync("set k v");

        await _scene.ComesAsync(watch);
    }

    [Theory]
    [InlineData("set k w", true)]
    [InlineData("clear k", true)]
    [InlineData("clearrange a z", true)]
    [InlineData("set k v", false)]
    public async Task A_change_by_the_transaction_itself_counts_at_once(string call, bool fires)
    {
        using var transaction = _scene.Begin();
        var watch = transaction.WatchAsync("k"u8, _scene.Cancellation);

        await ContractCalls.RunAsync(transaction, call);

        if (fires)
            await _scene.ComesAsync(watch);
        else
            Assert.False(watch.IsCompleted);
    }

    [Fact]
    public async Task A_change_between_the_read_version_and_the_commit_is_not_missed()
    {
        using var transaction = _scene.Begin();
        await transaction.GetReadVersionAsync();
        await _scene.RunAsync("set k w");
        var watch = transaction.WatchAsync("k"u8, _scene.Cancellation);
        Assert.False(watch.IsCompleted);

        await transaction.CommitAsync();

        await _scene.ComesAsync(watch);
        Assert.Equal(-1, transaction.CommittedVersion);
    }

    [Fact]
    public async Task A_watch_fails_with_the_commit_of_its_transaction()
    {
        using var transaction = _scene.Begin();
        var watch = transaction.WatchAsync("k"u8, _scene.Cancellation);
        transaction.Set("own"u8, []);
        await _scene.RunAsync("set k w");
        Assert.Equal(1020, await CodeAsync(transaction.CommitAsync()));

        Assert.Equal(1020, await CodeAsync(watch));
    }

    [Fact]
    public async Task A_transaction_that_ends_without_a_commit_cancels_its_watches()
    {
        var end = new Dictionary<string, Action<Transaction>>
        {
            ["reset"] = transaction => transaction.Reset(),
            ["cancel"] = transaction => transaction.Cancel(),
            ["dispose"] = transaction => transaction.Dispose(),
            ["retry"] = transaction => Fail(transaction, ErrorCode.TransactionTooOld),
            ["give up"] = transaction => Fail(transaction, ErrorCode.KeyTooLarge),
        };
        foreach (var (name, how) in end)
        {
            using var transaction = _scene.Begin();
            var watch = transaction.WatchAsync("k"u8, _scene.Cancellation);
            how(transaction);
            Assert.True(await CodeAsync(watch) == 1025, name);
        }

        static void Fail(Transaction transaction, ErrorCode code) =>
            Assert.True(transaction.OnErrorAsync(new FerrisException(code, "It failed.")).IsCompleted);
    }

    [Fact]
    public async Task A_watch_that_is_armed_outlives_its_transaction_until_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        Task watch;
        using (var transaction = _scene.Begin())
        {
            watch = transaction.WatchAsync("k"u8, cancelled.Token);
            await transaction.CommitAsync();
            transaction.Reset();
        }
        Assert.False(watch.IsCompleted);

        await cancelled.CancelAsync();

        Assert.Equal(1101, await CodeAsync(watch));
    }

    [Fact]
    public async Task A_timeout_of_the_transaction_does_not_end_its_watches()
    {
        using var transaction = _scene.Begin();
        transaction.SetOption(TransactionOption.Timeout, 1_000);
        var unarmed = transaction.WatchAsync("k"u8, _scene.Cancellation);
        using var committed = _scene.Begin();
        committed.SetOption(TransactionOption.Timeout, 1_000);
        var armed = committed.WatchAsync("k"u8, _scene.Cancellation);
        await committed.CommitAsync();
        _scene.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1031, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));

        Assert.False(unarmed.IsCompleted);
        await _scene.RunAsync("clear k");
        await _scene.ComesAsync(armed);
    }

    [Fact]
    public async Task Who_does_not_see_own_writes_cannot_watch()
    {
        using var transaction = _scene.Begin(TransactionOption.ReadYourWritesDisable);

        Assert.Equal(1034, await CodeAsync(transaction.WatchAsync("k"u8, _scene.Cancellation)));
    }
}
