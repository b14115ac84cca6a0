using FerrisDB.Testing;

namespace FerrisDB.Tests.Testing;

/// <summary>What a user's test can make a database do.</summary>
public sealed class TestDatabaseTests : IDisposable
{
    private readonly TestDatabase _test = new();

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Each_one_is_empty_and_alone()
    {
        using var other = new TestDatabase();
        await SetAsync("k");

        Assert.Single(await _test.GetContentsAsync());
        Assert.Empty(await other.GetContentsAsync());
        Assert.Equal(TestClock.FirstTime, other.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Injected_conflicts_are_retried_and_counted()
    {
        _test.Faults.FailNextCommit(times: 3);

        await SetAsync("k");

        Assert.Equal(4, _test.Faults.Commits);
        Assert.Equal(3, _test.Faults.Injected);
        Assert.Single(await _test.GetContentsAsync());
    }

    [Theory, InlineData(ErrorCode.NotCommitted), InlineData(ErrorCode.TransactionTooOld), InlineData(ErrorCode.IoError)]
    public async Task A_commit_fails_as_asked_and_writes_nothing(ErrorCode code)
    {
        using var transaction = _test.Database.CreateTransaction();
        await transaction.GetAsync("read"u8);
        transaction.Set("k"u8, "v"u8);
        transaction.SetOption(TransactionOption.ReportConflictingKeys);
        _test.Faults.FailNextCommit(code);

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.CommitAsync());

        Assert.Equal(code, error.Code);
        Assert.Equal(code == ErrorCode.NotCommitted ? 1 : 0, error.ConflictingRanges.Count);
        Assert.Empty(await _test.GetContentsAsync());
    }

    [Theory, InlineData(true, 2), InlineData(false, 1)]
    public async Task A_lost_answer_is_retried_whether_it_took_effect_or_not(bool isCommitted, long sum)
    {
        _test.Faults.LoseNextAnswer(isCommitted);

        await _test.Database.RunAsync(transaction => transaction.Add("counter"u8, 1), Cancellation);

        Assert.Equal(2, _test.Faults.Commits);
        var row = Assert.Single(await _test.GetContentsAsync());
        Assert.Equal(sum, BitConverter.ToInt64(row.Value.Span));
    }

    [Fact]
    public async Task A_read_that_fails_is_retried_with_its_transaction()
    {
        _test.Faults.FailNextRead(times: 2);

        var found = await _test.Database.ReadAsync(reader => reader.GetAsync("k"u8), Cancellation);

        Assert.Null(found);
        Assert.Equal(3, _test.Faults.Reads);
    }

    [Fact]
    public async Task Chance_decides_the_same_with_the_same_seed()
    {
        Assert.Equal(await CommitsAsync(seed: 7), await CommitsAsync(seed: 7));
        Assert.InRange(await CommitsAsync(seed: 8), 100, 300);

        async Task<int> CommitsAsync(int seed)
        {
            using var test = new TestDatabase();
            test.Faults.FailCommits(probability: 0.3, seed);
            for (var index = 0; index < 100; index++)
                await test.Database.RunAsync(transaction => transaction.Set("k"u8, []), Cancellation);
            return test.Faults.Commits;
        }
    }

    [Fact]
    public async Task After_clear_nothing_fails()
    {
        _test.Faults.FailCommits(1, seed: 1);
        _test.Faults.FailReads(1, seed: 1);
        _test.Faults.FailNextCommit();

        _test.Faults.Clear();
        await SetAsync("k");

        Assert.Equal(0, _test.Faults.Injected);
    }

    [Fact]
    public async Task A_delayed_commit_waits_for_the_clock()
    {
        _test.Faults.DelayNextCommit(TimeSpan.FromSeconds(10));
        var committing = SetAsync("k").AsTask();

        _test.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(committing.IsCompleted);
        Assert.Empty(await _test.GetContentsAsync());

        _test.Clock.Advance(TimeSpan.FromSeconds(1));
        await committing;
        Assert.Single(await _test.GetContentsAsync());
    }

    [Fact]
    public async Task A_commit_that_takes_longer_than_its_transaction_may_is_given_up()
    {
        _test.Faults.DelayNextCommit(TimeSpan.FromMinutes(5));
        var committing = SetAsync("k").AsTask();

        _test.Clock.Advance(TestDatabase.DefaultOptions.TransactionTimeout);
        var error = await Assert.ThrowsAsync<FerrisException>(() => committing);

        Assert.Equal(ErrorCode.TransactionTimedOut, error.Code);
        _test.Clock.Advance(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_delayed_read_waits_for_the_clock()
    {
        _test.Faults.DelayNextRead(TimeSpan.FromSeconds(1));
        using var transaction = _test.Database.CreateTransaction();
        var reading = transaction.GetAsync("k"u8).AsTask();
        Assert.False(reading.IsCompleted);

        _test.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await reading);
    }

    [Fact]
    public async Task The_clock_makes_a_transaction_too_old()
    {
        using var transaction = _test.Database.CreateTransaction();
        await transaction.GetAsync("a"u8);
        for (var write = 0; write < 3; write++)
        {
            _test.Clock.Advance(TimeSpan.FromSeconds(6));
            await SetAsync("b");
        }

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.GetAsync("b"u8));

        Assert.Equal(ErrorCode.TransactionTooOld, error.Code);
    }

    [Fact]
    public async Task An_action_that_retries_passes_and_one_that_does_not_fails()
    {
        await _test.AssertRetriesAsync(database => IncrementAsync(database), conflicts: 3);

        var gaveUp = await Assert.ThrowsAsync<TestDatabaseException>(() => _test.AssertRetriesAsync(async database =>
        {
            using var transaction = database.CreateTransaction();
            transaction.Set("k"u8, []);
            await transaction.CommitAsync();
        }));
        Assert.Contains("OnErrorAsync", gaveUp.Message);
        var swallowed = await Assert.ThrowsAsync<TestDatabaseException>(
            () => _test.AssertRetriesAsync(_ => Task.CompletedTask));
        Assert.Contains("tried to commit 0 times", swallowed.Message);
    }

    [Fact]
    public async Task An_action_that_takes_effect_twice_is_found_out()
    {
        await IncrementAsync(_test);

        var error = await Assert.ThrowsAsync<TestDatabaseException>(
            () => _test.AssertIdempotentAsync(database => IncrementAsync(database)));

        Assert.Contains("took effect twice", error.Message);
        Assert.Contains("after one run 0200000000000000", error.Message);
    }

    [Fact]
    public async Task One_that_finds_out_whether_it_has_committed_passes()
    {
        await _test.AssertIdempotentAsync(IncrementOnceAsync);
        await _test.AssertIdempotentAsync(
            database => IncrementAsync(database), database => Task.FromResult<object?>(database.Options.RetryLimit));

        static Task IncrementOnceAsync(Database database) => database.RunAsync(async transaction =>
        {
            if (await transaction.GetAsync("request 17"u8) is not null)
                return;
            transaction.Set("request 17"u8, []);
            transaction.Add("counter"u8, 1);
        }).AsTask();
    }

    private static Task IncrementAsync(Database database) =>
        database.RunAsync(transaction => transaction.Add("counter"u8, 1)).AsTask();

    private ValueTask SetAsync(string key) => _test.Database.RunAsync(
        transaction => transaction.Set(System.Text.Encoding.UTF8.GetBytes(key), "v"u8), Cancellation);
}
