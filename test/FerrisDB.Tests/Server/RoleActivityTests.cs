using FerrisDB.Tests.Network;
using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Server;

/// <summary>What is counted of requests that do not get their answers at once.</summary>
public sealed class RoleActivityTests : IAsyncLifetime
{
    private static readonly RateLimits Stopped =
        new(0, 0, RateLimitReason.CommitQueue, RateLimitReason.CommitQueue);

    private readonly FakeTimeProvider _clock = new();
    private readonly Database _served = Database.OpenInMemory();
    private RoleServer _roles = null!;
    private Database _client = null!;

    public async ValueTask InitializeAsync()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        _roles = new RoleServer(_served.Embedded.Roles, _served.Options.Limits, _clock);
        _client = Database.Connect(
            FerrisDB.ConnectionString.Parse("loop:1@nowhere:1"), new LoopNetwork(_roles, "loop:1"), options: null);
        await _client.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _served.DisposeAsync();
    }

    // Somebody else's thread starts them, when nothing has arrived: their time must not be counted from nowhere.
    [Fact]
    public async Task Requests_that_had_to_wait_are_counted_with_their_wait()
    {
        _roles.Starts.Limit(Stopped);
        var writing = _client.RunAsync(transaction => transaction.Set("b"u8, "2"u8)).AsTask();
        var reading = _client.ReadAsync(reads => reads.GetAsync("a"u8)).AsTask();
        while (_roles.Starts.Waiting.Default < 2)
            await Task.Yield();

        _clock.Advance(TimeSpan.FromSeconds(2));
        _roles.Starts.Limit(RateLimits.None);
        _roles.Starts.Release(1);
        await Task.WhenAll(writing, reading);

        Assert.InRange(_roles.Activity.Commits.Summarize().Longest.TotalSeconds, 2, 2.25);
        Assert.InRange(_roles.Activity.ReadVersions.Summarize().Longest.TotalSeconds, 2, 2.25);
        var counts = _roles.Activity.Counts;
        Assert.Equal((2, 0, 1), (counts.Committed, counts.CommitsWaiting, counts.ReadVersions));
    }

    [Fact]
    public async Task Requests_that_may_not_wait_are_counted_as_refused()
    {
        _roles.Starts.Limit(Stopped);

        await RefuseAsync(async batch => await batch.GetAsync("a"u8));
        await RefuseAsync(async batch =>
        {
            batch.Set("b"u8, "2"u8);
            await batch.CommitAsync();
        });

        var counts = _roles.Activity.Counts;
        Assert.Equal((1, 1, 0), (counts.Errors, counts.Failed, counts.CommitsWaiting));
    }

    private async Task RefuseAsync(Func<Transaction, Task> work)
    {
        using var batch = _client.CreateTransaction();
        batch.SetOption(TransactionOption.PriorityBatch);
        var error = await Assert.ThrowsAsync<FerrisException>(() => work(batch));
        Assert.Equal(ErrorCode.BatchTransactionThrottled, error.Code);
    }
}
