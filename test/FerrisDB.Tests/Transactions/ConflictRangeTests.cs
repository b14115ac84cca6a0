using System.Text;

namespace FerrisDB.Tests.Transactions;

// Invariant: a transaction conflicts if and only if what it read would have been different at its commit.
public sealed class ConflictRangeTests : IDisposable
{
    private readonly Database _database = Database.OpenInMemory();

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_database_has_a_version_like_any_other()
    {
        using var reader = _database.CreateTransaction();
        using var snapshot = _database.TakeSnapshot();
        Assert.Null(await reader.GetAsync("a"u8));
        await WriteAsync("b");

        Assert.Null(await reader.GetAsync("b"u8));
        Assert.Null(await snapshot.GetAsync("b"u8));
        using var other = _database.CreateTransaction();
        other.SetReadVersion(await reader.GetReadVersionAsync());
        Assert.Null(await other.GetAsync("b"u8));
    }

    [Fact]
    public async Task Read_conflicts_that_are_added_without_a_read_count_from_the_commit_on()
    {
        await WriteAsync("b");
        using var transaction = _database.CreateTransaction();
        transaction.AddReadConflictRange("a"u8, "c"u8);
        transaction.Set("x"u8, []);
        await WriteAsync("b");

        await transaction.CommitAsync();
    }

    [Fact]
    public async Task Read_conflicts_count_where_versionstamped_keys_may_lie()
    {
        using var transaction = _database.CreateTransaction();
        await transaction.GetReadVersionAsync();
        transaction.SetVersionstampedKey("q/0123456789\x02\0\0\0"u8, []);
        transaction.AddReadConflictRange("q/"u8, "q0"u8);
        await _database.RunAsync(
            other => other.SetVersionstampedKey("q/0123456789\x02\0\0\0"u8, []), Cancellation);

        await AssertConflictAsync(transaction);
    }

    [Fact]
    public async Task A_selector_behind_all_keys_resolves_to_their_end()
    {
        using var transaction = _database.CreateTransaction();
        byte[] end = [0xff];

        Assert.Equal(end, await transaction.GetKeyAsync(KeySelector.FirstGreaterThan(end)));
        Assert.Equal(end, await transaction.GetKeyAsync(KeySelector.FirstGreaterOrEqual(end)));
        Assert.Equal(Array.Empty<byte>(), await transaction.GetKeyAsync(KeySelector.LastLessOrEqual(end)));
    }

    [Fact]
    public async Task An_atomic_operation_behind_a_versionstamped_value_works_on_that_value()
    {
        await WriteAsync("k");
        using var transaction = _database.CreateTransaction();
        transaction.SetVersionstampedValue("k"u8, "0123456789\0\0\0\0"u8);
        transaction.Atomic(MutationType.AppendIfFits, "k"u8, "!"u8);
        var stamp = transaction.GetVersionstampAsync();
        await transaction.CommitAsync();

        var value = await _database.ReadAsync(reads => reads.GetAsync("k"u8), Cancellation);

        byte[] expected = [.. await stamp, (byte)'!'];
        Assert.Equal(expected, value);
    }

    [Fact]
    public async Task An_atomic_operation_works_on_the_set_that_took_the_place_of_a_versionstamped_value()
    {
        await WriteAsync("k");
        using var transaction = _database.CreateTransaction();
        transaction.SetVersionstampedValue("k"u8, "0123456789\0\0\0\0"u8);
        transaction.Set("k"u8, "set"u8);
        transaction.Atomic(MutationType.AppendIfFits, "k"u8, "!"u8);
        await transaction.CommitAsync();

        var value = await _database.ReadAsync(reads => reads.GetAsync("k"u8), Cancellation);

        Assert.Equal("set!", Encoding.UTF8.GetString(value!));
    }

    [Theory]
    // An end that ran off all keys: what comes there is in the range.
    [InlineData("a", 1, "a", 9, 0, false, "z", true)]
    // The end is counted through keys before the begin.
    [InlineData("m", 1, "a", 3, 0, false, "-b", true)]
    // The begin is counted backwards through keys behind the first row.
    [InlineData("m", -2, "z", 1, 1, false, "ff", true)]
    // Backwards the end is counted through keys before the last row.
    [InlineData("b", 0, "a", 4, 1, true, "aa", true)]
    // Behind the last row of a page nothing matters, nor before the last one backwards.
    [InlineData("a", 1, "z", 1, 2, false, "g", false)]
    [InlineData("a", 1, "z", 1, 2, false, "aa", true)]
    [InlineData("a", 1, "z", 1, 2, true, "n", true)]
    // An end with an offset, and a key between the last row and it.
    [InlineData("a", 1, "c", 2, 0, false, "cc", false)]
    public async Task A_page_conflicts_with_what_changes_it(
        string begin, int beginOffset, string end, int endOffset, int limit, bool reverse, string written,
        bool conflicts)
    {
        await WriteAsync("a", "b", "c", "d", "e", "f", "m");
        using var transaction = _database.CreateTransaction();
        await transaction.GetPageAsync(
            new KeySelector(Encoding.UTF8.GetBytes(begin), false, beginOffset),
            new KeySelector(Encoding.UTF8.GetBytes(end), false, endOffset),
            new RangeOptions { Limit = limit, Reverse = reverse });
        transaction.Set("\0"u8, []);
        if (written[0] == '-')
            await _database.RunAsync(other => other.Clear(Encoding.UTF8.GetBytes(written[1..])), Cancellation);
        else
            await WriteAsync(written);

        if (conflicts)
            await AssertConflictAsync(transaction);
        else
            await transaction.CommitAsync();
    }

    public void Dispose() => _database.Dispose();

    private static async Task AssertConflictAsync(Transaction transaction)
    {
        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.CommitAsync());
        Assert.Equal(ErrorCode.NotCommitted, error.Code);
    }

    private async Task WriteAsync(params string[] keys) => await _database.RunAsync(
        transaction =>
        {
            foreach (var key in keys)
                transaction.Set(Encoding.UTF8.GetBytes(key), []);
        },
        Cancellation);
}
