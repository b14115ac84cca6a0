using System.Text;
using FerrisDB.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

/// <summary>Where docs/fdb-compatibility.md says that FerrisDB differs from FoundationDB, it does.</summary>
public sealed class FdbDifferencesTests : IDisposable
{
    private static readonly KeyRange Nothing = new("a"u8.ToArray(), "a"u8.ToArray());

    private readonly FakeTimeProvider _clock = new();
    private readonly Database _database;

    public FdbDifferencesTests() => _database = Database.OpenInMemory(
        new DatabaseOptions { Storage = new StorageOptions { TimeProvider = _clock } });

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_transaction_ends_after_thirty_seconds()
    {
        using var transaction = _database.CreateTransaction();
        await transaction.GetAsync("a"u8);
        _clock.Advance(TimeSpan.FromSeconds(29));
        await transaction.GetAsync("a"u8);
        _clock.Advance(TimeSpan.FromSeconds(2));

        await AssertFailsAsync(ErrorCode.TransactionTimedOut, transaction.GetAsync("a"u8));
    }

    [Fact]
    public async Task A_transaction_grows_old_only_while_others_commit()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.Timeout, 0);
        using var snapshot = _database.TakeSnapshot();
        var version = await transaction.GetReadVersionAsync();
        _clock.Advance(TimeSpan.FromHours(1));
        await transaction.GetAsync("a"u8);

        for (var second = 0; second < 7; second++)
        {
            await WriteAsync("b");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await AssertFailsAsync(ErrorCode.TransactionTooOld, transaction.GetAsync("a"u8));
        Assert.Equal(version, snapshot.Version);
        Assert.Null(await snapshot.GetAsync("b"u8));
    }

    [Fact]
    public async Task The_read_version_of_an_idle_database_stands_still()
    {
        await WriteAsync("a");
        using var first = _database.CreateTransaction();
        using var second = _database.CreateTransaction();
        var version = await first.GetReadVersionAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(version, await second.GetReadVersionAsync());
    }

    [Fact]
    public async Task Each_commit_has_a_version_of_its_own()
    {
        using var transaction = _database.CreateTransaction();
        transaction.Set("a"u8, []);
        var stamp = transaction.GetVersionstampAsync();
        await transaction.CommitAsync();

        Assert.Equal([0, 0], (await stamp)[8..]);
    }

    [Fact]
    public async Task An_inverted_conflict_range_is_reported_by_the_next_call_with_a_result()
    {
        using var transaction = _database.CreateTransaction();
        transaction.AddReadConflictRange("b"u8, "a"u8);

        await AssertFailsAsync(ErrorCode.InvertedRange, transaction.GetAsync("a"u8));
        var wrong = Assert.Throws<FerrisException>(() => new KeyRange("b"u8.ToArray(), "a"u8.ToArray()));
        Assert.Equal(ErrorCode.InvertedRange, wrong.Code);
    }

    [Fact]
    public void Wrong_values_of_database_options_are_refused_at_once()
    {
        var wrong = Assert.Throws<FerrisException>(() => _database.SetOption(DatabaseOption.MaxWatches, -1));

        Assert.Equal(ErrorCode.InvalidOptionValue, wrong.Code);
    }

    [Fact]
    public async Task An_empty_range_has_no_size_and_one_split_point()
    {
        using var transaction = _database.CreateTransaction();

        Assert.Equal(0, await transaction.GetEstimatedRangeSizeBytesAsync(Nothing));
        Assert.Equal([Nothing.Begin], await transaction.GetRangeSplitPointsAsync(Nothing, 1_000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Operations_that_FoundationDB_uses_for_itself_are_unknown(int code)
    {
        using var transaction = _database.CreateTransaction();
        transaction.Atomic((MutationType)code, "a"u8, "b"u8);

        await AssertFailsAsync(ErrorCode.InvalidMutationType, transaction.GetAsync("a"u8));
    }

    [Fact]
    public async Task Bypassing_unreadable_keys_does_not_show_a_versionstamped_key()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.BypassUnreadable);
        transaction.SetVersionstampedKey("q/0123456789\x02\0\0\0"u8, "value"u8);
        transaction.SetVersionstampedValue("v"u8, "0123456789\0\0\0\0"u8);

        Assert.Null(await transaction.GetAsync("q/\0\0\0\0\0\0\0\0\0\0"u8));
        Assert.Equal("0123456789\0\0\0\0", Encoding.ASCII.GetString((await transaction.GetAsync("v"u8))!));
    }

    [Fact]
    public async Task A_cancelled_watch_still_counts_as_a_read()
    {
        using var cancellation = new CancellationTokenSource();
        using var transaction = _database.CreateTransaction();
        var watch = transaction.WatchAsync("a"u8, cancellation.Token);
        await cancellation.CancelAsync();
        transaction.Set("b"u8, []);
        await WriteAsync("a");

        await AssertFailsAsync(ErrorCode.OperationCancelled, new ValueTask(watch));
        await AssertFailsAsync(ErrorCode.NotCommitted, transaction.CommitAsync());
    }

    private ValueTask WriteAsync(string key) =>
        _database.RunAsync(transaction => transaction.Set(Encoding.UTF8.GetBytes(key), "1"u8), Cancellation);

    private static async Task AssertFailsAsync<T>(ErrorCode code, ValueTask<T> task) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<FerrisException>(async () => await task)).Code);

    private static async Task AssertFailsAsync(ErrorCode code, ValueTask task) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<FerrisException>(async () => await task)).Code);
}
