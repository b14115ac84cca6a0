using System.Collections.Concurrent;
using System.Diagnostics;
using FerrisDB.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Telemetry;

/// <summary>What a database tells those who listen, by OpenTelemetry's names.</summary>
public sealed class DatabaseTelemetryTests : IDisposable
{
    private const string Transaction = "ferrisdb.transaction.";

    private static int _folders;

    // A folder of its own in memory, so that measurements of other tests are told apart.
    private readonly string _folder = $"/telemetry-{Interlocked.Increment(ref _folders)}";
    private readonly FakeTimeProvider _clock = new();
    private readonly Database _database;
    private readonly Measurements _measured;

    public DatabaseTelemetryTests()
    {
        var storage = new StorageOptions { FileSystem = new MemoryFileSystem(), TimeProvider = _clock };
        _database = Database.Open(_folder, new() { Storage = storage, MaxRetryDelay = TimeSpan.Zero });
        _measured = new Measurements(_folder);
    }

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _measured.Dispose();
        _database.Dispose();
    }

    [Fact]
    public async Task A_transaction_is_counted_and_its_commit_timed_and_weighed()
    {
        await _database.RunAsync(transaction => transaction.Set("key"u8, new byte[100]), Cancellation);

        Assert.Equal(1, _measured.Sum(Transaction + "started"));
        Assert.Equal(1, _measured.Sum(Transaction + "committed"));
        Assert.InRange(_measured.Sum("ferrisdb.commit.size"), 103, 250);
        var durations = _measured.Of("db.client.operation.duration").ToList();
        Assert.Equal(["commit", "transaction"], durations.Select(each => each.Tags["db.operation.name"]).Order());
        Assert.All(durations, each => Assert.Equal("ferrisdb", each.Tags["db.system.name"]));
        Assert.All(durations, each => Assert.DoesNotContain("error.type", each.Tags.Keys));
    }

    [Fact]
    public async Task One_that_only_reads_has_no_commit_to_time()
    {
        await _database.ReadAsync(transaction => transaction.GetAsync("key"u8), Cancellation);

        Assert.Equal(1, _measured.Sum(Transaction + "committed"));
        Assert.Empty(_measured.Of("ferrisdb.commit.size"));
        var only = Assert.Single(_measured.Of("db.client.operation.duration"));
        Assert.Equal("transaction", only.Tags["db.operation.name"]);
    }

    [Fact]
    public async Task A_conflict_is_counted_as_one_and_as_another_attempt()
    {
        await ConflictOnceAsync();

        Assert.Equal(1, _measured.Sum(Transaction + "conflicted"));
        Assert.Equal(1, _measured.Sum(Transaction + "retried"));
        Assert.Equal(0, _measured.Sum(Transaction + "too_old"));
        var failed = Assert.Single(
            _measured.Of("db.client.operation.duration"), each => each.Tags.ContainsKey("error.type"));
        Assert.Equal("NotCommitted", failed.Tags["error.type"]);
        Assert.Equal("commit", failed.Tags["db.operation.name"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task One_that_is_too_old_is_counted_once_whether_a_read_or_the_commit_finds_out(bool byRead)
    {
        var attempts = 0;
        await _database.RunAsync(
            async transaction =>
            {
                await transaction.GetAsync("a"u8);
                if (attempts++ == 0)
                {
                    for (var minute = 0; minute < 3; minute++)
                    {
                        _clock.Advance(TimeSpan.FromSeconds(6));
                        await CommitAsync("b");
                    }
                }
                if (byRead)
                    await transaction.GetAsync("b"u8);
                transaction.Set("c"u8, []);
            },
            Cancellation);

        Assert.Equal(2, attempts);
        Assert.Equal(1, _measured.Sum(Transaction + "too_old"));
        Assert.Equal(1, _measured.Sum(Transaction + "retried"));
    }

    [Fact]
    public async Task What_a_transaction_fails_with_is_told()
    {
        await Assert.ThrowsAsync<FerrisException>(async () => await _database.RunAsync(
            transaction => transaction.Set(new byte[20_000], []), Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _database.RunAsync(
            _ => throw new InvalidOperationException("A bug of the caller."), Cancellation));

        var errors = _measured.Of("db.client.operation.duration")
            .Where(each => each.Tags["db.operation.name"] is "transaction")
            .Select(each => each.Tags["error.type"]);
        Assert.Equal(["KeyTooLarge", "System.InvalidOperationException"], errors);
    }

    [Fact]
    public async Task Watches_are_counted_up_and_down()
    {
        using var cancelled = new CancellationTokenSource();
        using var transaction = _database.CreateTransaction();
        var watch = transaction.WatchAsync("key"u8, cancelled.Token);
        await transaction.CommitAsync();
        Assert.Equal(1, _measured.Sum("ferrisdb.watches"));

        await CommitAsync("key");
        await watch;

        await EventuallyAsync(() => _measured.Sum("ferrisdb.watches") == 0);
        Assert.Equal(2, _measured.Of("ferrisdb.watches").Count());
    }

    [Fact]
    public async Task A_trace_shows_the_transaction_its_commits_and_why_there_were_several()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "FerrisDB",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (_folder.Equals(activity.GetTagItem("db.namespace")))
                    ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);

        await ConflictOnceAsync();

        var run = Assert.Single(ended, each => each.GetTagItem("ferrisdb.transaction.attempts") is not null);
        Assert.Equal("transaction", run.OperationName);
        Assert.Equal(2L, run.GetTagItem("ferrisdb.transaction.attempts"));
        Assert.Equal("retry", Assert.Single(run.Events).Name);
        var commits = ended.Where(each => each.OperationName == "commit" && each.ParentSpanId == run.SpanId).ToList();
        Assert.Equal(2, commits.Count);
        Assert.Equal(ActivityStatusCode.Error, commits[0].Status);
        Assert.Equal("1020", commits[0].GetTagItem("db.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, commits[1].Status);
    }

    private ValueTask CommitAsync(string key) => _database.RunAsync(
        transaction => transaction.Set(System.Text.Encoding.UTF8.GetBytes(key), "v"u8), Cancellation);

    // The first attempt reads what somebody else then writes.
    private ValueTask ConflictOnceAsync()
    {
        var attempts = 0;
        return _database.RunAsync(
            async transaction =>
            {
                await transaction.GetAsync("a"u8);
                if (attempts++ == 0)
                    await CommitAsync("a");
                transaction.Set("b"u8, []);
            },
            Cancellation);
    }

    // A watch fires on a thread of its own.
    private static async Task EventuallyAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
