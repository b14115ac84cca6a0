using FerrisDB.Server;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>What clients notice of a server that cannot follow: they wait, in order, and not for ever.</summary>
public sealed class RateLimitTests : IAsyncLifetime
{
    private static readonly RateLimits Stopped = new(0, 0, RateLimitReason.CommitQueue, RateLimitReason.CommitQueue);

    private TestServer _server = null!;
    private Database _client = null!;

    private StartQueue Starts => _server.Server.Roles.Starts;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(serverOptions: new ServerOptions { HasRateLimit = false });
        _client = _server.Connect();
        await _client.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_reads_and_what_only_writes_waits_until_it_may_start()
    {
        Starts.Limit(Stopped);
        var reading = _client.ReadAsync(reads => reads.GetAsync("a"u8)).AsTask();
        var writing = _client.RunAsync(transaction => transaction.Set("b"u8, "2"u8)).AsTask();
        await WhenWaitingAsync(2);
        Assert.Equal(
            (0, RateLimitReason.CommitQueue),
            (_server.Server.Roles.RatekeeperStatus.StartsPerSecondMax, _server.Server.Roles.RatekeeperStatus.Reason));

        Starts.Limit(RateLimits.None);

        Assert.NotNull(await reading);
        await writing;
        Assert.Equal("2", await TestServer.TextAsync(_client, "b"));
    }

    [Fact]
    public async Task A_transaction_that_waits_to_start_times_out_as_any_other()
    {
        Starts.Limit(Stopped);
        await using var hasty = _server.Connect(
            new DatabaseOptions { TransactionTimeout = TimeSpan.FromMilliseconds(100) });

        var reading = await Assert.ThrowsAsync<FerrisException>(
            async () => await hasty.ReadAsync(reads => reads.GetAsync("a"u8)));
        var writing = await Assert.ThrowsAsync<FerrisException>(
            async () => await hasty.RunAsync(transaction => transaction.Set("b"u8, "2"u8)));

        Assert.Equal(
            (ErrorCode.TransactionTimedOut, ErrorCode.TransactionTimedOut), (reading.Code, writing.Code));
    }

    [Fact]
    public async Task Batch_priority_is_refused_and_retried_and_the_others_are_not()
    {
        Starts.Limit(new RateLimits(1_000_000, 0, RateLimitReason.None, RateLimitReason.CommitQueue));
        using var transaction = _client.CreateTransaction();
        transaction.SetOption(TransactionOption.PriorityBatch);
        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.GetAsync("a"u8));
        Assert.Equal(ErrorCode.BatchTransactionThrottled, error.Code);
        Assert.Equal("1", await TestServer.TextAsync(_client, "a"));

        var attempts = 0;
        await _client.RunAsync(async retried =>
        {
            if (++attempts == 2)
                Starts.Limit(RateLimits.None);
            retried.SetOption(TransactionOption.PriorityBatch);
            await retried.GetAsync("a"u8);
        });
        Assert.InRange(attempts, 2, int.MaxValue);
    }

    [Fact]
    public async Task Immediate_priority_starts_whatever_there_is()
    {
        Starts.Limit(Stopped);
        using var transaction = _client.CreateTransaction();
        transaction.SetOption(TransactionOption.PrioritySystemImmediate);

        Assert.NotNull(await transaction.GetAsync("a"u8));
    }

    [Fact]
    public async Task What_was_read_may_be_committed_however_many_wait_to_start()
    {
        using var transaction = _client.CreateTransaction();
        await transaction.GetAsync("a"u8);
        transaction.Set("a"u8, "2"u8);

        Starts.Limit(Stopped);
        await transaction.CommitAsync();

        Starts.Limit(RateLimits.None);
        Assert.Equal("2", await TestServer.TextAsync(_client, "a"));
    }

    private async Task WhenWaitingAsync(int count)
    {
        while (Starts.Waiting.Default < count)
            await Task.Yield();
    }
}
