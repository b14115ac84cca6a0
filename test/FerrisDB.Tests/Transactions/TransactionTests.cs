using System.Text;

namespace FerrisDB.Tests.Transactions;

/// <summary>What a transaction promises, in small scenes on a database in memory.</summary>
public sealed class TransactionTests : IDisposable
{
    private readonly Database _database = Database.OpenInMemory();

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_is_appended_to_a_buffer_as_it_would_be_read()
    {
        await _database.RunAsync(transaction =>
        {
            transaction.Set("stored"u8, "value"u8);
            transaction.Set("number"u8, [1]);
        }, Cancellation);
        using var transaction = _database.CreateTransaction();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();

        Assert.True(await transaction.TryGetAsync("stored"u8, buffer));
        Assert.False(await transaction.TryGetAsync("absent"u8, buffer));
        Assert.True(await transaction.Snapshot.TryGetAsync("stored"u8, buffer));
        transaction.Set("own"u8, "mine"u8);
        transaction.Atomic(MutationType.Add, "number"u8, [2]);
        Assert.True(await transaction.TryGetAsync("own"u8, buffer));
        Assert.True(await transaction.TryGetAsync("number"u8, buffer));
        using var snapshot = _database.TakeSnapshot();
        Assert.True(await snapshot.TryGetAsync("stored"u8, buffer));
        Assert.False(await snapshot.TryGetAsync("own"u8, buffer));

        byte[] expected = [.. "valuevaluemine"u8, 3, .. "value"u8];
        Assert.Equal(expected, buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task A_value_that_was_appended_to_a_buffer_must_still_hold_at_the_commit()
    {
        using var transaction = _database.CreateTransaction();
        await transaction.GetReadVersionAsync();
        await transaction.TryGetAsync("read"u8, new System.Buffers.ArrayBufferWriter<byte>());
        await _database.RunAsync(other => other.Set("read"u8, []), Cancellation);
        transaction.Set("written"u8, []);

        var refused = await Assert.ThrowsAsync<FerrisException>(() => transaction.CommitAsync().AsTask());

        Assert.Equal(ErrorCode.NotCommitted, refused.Code);
    }

    [Fact]
    public async Task What_was_committed_is_read_by_the_next_transaction()
    {
        await _database.RunAsync(transaction => transaction.Set("k"u8, "v"u8), Cancellation);

        Assert.Equal("v", await ReadAsync("k"));
        Assert.Null(await ReadAsync("absent"));
    }

    [Fact]
    public async Task A_transaction_sees_its_own_writes_and_nobody_else_does_before_the_commit()
    {
        using var transaction = _database.CreateTransaction();
        transaction.Set("a"u8, "1"u8);
        transaction.Set("b"u8, "2"u8);
        transaction.Clear("a"u8);

        Assert.Null(await transaction.GetAsync("a"u8));
        Assert.Equal("2", Text(await transaction.GetAsync("b"u8)));
        Assert.Null(await ReadAsync("b"));

        await transaction.CommitAsync();
        Assert.Equal("2", await ReadAsync("b"));
    }

    [Fact]
    public async Task Of_two_that_read_what_the_other_writes_the_second_fails()
    {
        using var first = _database.CreateTransaction();
        using var second = _database.CreateTransaction();
        await first.GetAsync("a"u8);
        await second.GetAsync("b"u8);
        first.Set("b"u8, "1"u8);
        second.Set("a"u8, "2"u8);

        await first.CommitAsync();
        var error = await Assert.ThrowsAsync<FerrisException>(async () => await second.CommitAsync());

        Assert.Equal(ErrorCode.NotCommitted, error.Code);
        Assert.Null(await ReadAsync("a"));
    }

    [Fact]
    public async Task A_conflict_names_its_ranges_if_it_is_asked_to()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.ReportConflictingKeys);
        await transaction.GetAsync("a"u8);
        await transaction.GetAsync("b"u8);
        transaction.Set("x"u8, []);
        await _database.RunAsync(other => other.Set("b"u8, []), Cancellation);

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.CommitAsync());

        var range = Assert.Single(error.ConflictingRanges);
        Assert.Equal("b"u8, range.Begin);
        Assert.Equal("b\0"u8, range.End);
    }

    [Fact]
    public async Task Snapshot_reads_and_blind_writes_do_not_conflict()
    {
        using var transaction = _database.CreateTransaction();
        await transaction.Snapshot.GetAsync("a"u8);
        transaction.Set("b"u8, "1"u8);
        await _database.RunAsync(
            other =>
            {
                other.Set("a"u8, []);
                other.Set("b"u8, []);
            },
            Cancellation);

        await transaction.CommitAsync();

        Assert.Equal("1", await ReadAsync("b"));
    }

    [Fact]
    public async Task A_key_that_appears_in_a_range_that_was_read_is_a_conflict()
    {
        using var transaction = _database.CreateTransaction();
        Assert.Empty(await transaction.GetRangeAsync(Range("a", "z")));
        transaction.Set("x"u8, []);
        await _database.RunAsync(other => other.Set("m"u8, []), Cancellation);

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.CommitAsync());

        Assert.Equal(ErrorCode.NotCommitted, error.Code);
    }

    [Fact]
    public async Task Atomic_operations_add_up_without_conflicts()
    {
        using var first = _database.CreateTransaction();
        using var second = _database.CreateTransaction();
        await first.GetReadVersionAsync();
        await second.GetReadVersionAsync();
        first.Add("n"u8, 2);
        second.Add("n"u8, 3);
        await first.CommitAsync();
        await second.CommitAsync();

        var sum = await _database.ReadAsync(transaction => transaction.GetAsync("n"u8), Cancellation);

        Assert.Equal(5, BitConverter.ToInt64(sum));
    }

    [Fact]
    public async Task A_range_shows_own_writes_and_clears_among_what_is_stored_in_both_directions()
    {
        await _database.RunAsync(
            transaction =>
            {
                foreach (var key in "acegik")
                    transaction.Set([(byte)key], "old"u8);
            },
            Cancellation);
        using var transaction = _database.CreateTransaction();
        transaction.Set("b"u8, "new"u8);
        transaction.Set("c"u8, "new"u8);
        transaction.ClearRange("e"u8, "h"u8);
        transaction.Set("f"u8, "new"u8);
        transaction.Atomic(MutationType.AppendIfFits, "i"u8, "er"u8);

        var rows = await transaction.GetRangeAsync(Range("a", "z"));
        var reversed = await transaction.GetRangeAsync(Range("a", "z"), new RangeOptions { Reverse = true });

        const string Expected = "a=old b=new c=new f=new i=older k=old";
        Assert.Equal(Expected, Text(rows));
        Assert.Equal(Expected, Text(reversed.Reverse()));
    }

    [Fact]
    public async Task Selectors_find_keys_by_their_neighbours()
    {
        await _database.RunAsync(
            transaction =>
            {
                transaction.Set("b"u8, []);
                transaction.Set("d"u8, []);
            },
            Cancellation);
        using var transaction = _database.CreateTransaction();
        transaction.Set("c"u8, []);

        Assert.Equal("b", Text(await transaction.GetKeyAsync(KeySelector.LastLessThan("c"u8.ToArray()))));
        Assert.Equal("c", Text(await transaction.GetKeyAsync(KeySelector.LastLessOrEqual("c"u8.ToArray()))));
        Assert.Equal("d", Text(await transaction.GetKeyAsync(KeySelector.FirstGreaterThan("c"u8.ToArray()))));
        Assert.Equal("d", Text(await transaction.GetKeyAsync(KeySelector.FirstGreaterOrEqual("b"u8.ToArray()) + 2)));
        Assert.Equal(Array.Empty<byte>(), await transaction.GetKeyAsync(KeySelector.LastLessThan("b"u8.ToArray())));
        Assert.Equal(new byte[] { 0xff }, await transaction.GetKeyAsync(KeySelector.FirstGreaterThan("d"u8.ToArray())));
    }

    [Fact]
    public async Task A_watch_fires_when_the_value_changes_and_not_before()
    {
        using var transaction = _database.CreateTransaction();
        var changed = transaction.WatchAsync("k"u8, Cancellation);
        await transaction.CommitAsync();
        await _database.RunAsync(other => other.Set("other"u8, []), Cancellation);
        Assert.False(changed.IsCompleted);

        await _database.RunAsync(other => other.Set("k"u8, "v"u8), Cancellation);

        await changed;
    }

    [Fact]
    public async Task A_versionstamp_is_the_place_of_the_commit()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetVersionstampedKey("k/0123456789\x02\0\0\0"u8, "v"u8);
        var asked = transaction.GetVersionstampAsync();
        await transaction.CommitAsync();
        var stamp = await asked;

        byte[] key = [.. "k/"u8, .. stamp];
        var value = await _database.ReadAsync(reads => reads.GetAsync(key), Cancellation);

        Assert.Equal("v", Text(value));
        Assert.Equal(transaction.CommittedVersion, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(stamp));
    }

    [Fact]
    public async Task A_snapshot_stays_as_it_was()
    {
        await _database.RunAsync(transaction => transaction.Set("k"u8, "before"u8), Cancellation);
        using var snapshot = _database.TakeSnapshot();
        await _database.RunAsync(transaction => transaction.Set("k"u8, "after"u8), Cancellation);

        Assert.Equal("before", Text(await snapshot.GetAsync("k"u8)));
        Assert.Equal("after", await ReadAsync("k"));
    }

    [Fact]
    public async Task A_transaction_that_failed_runs_again()
    {
        var attempts = 0;
        await _database.RunAsync(
            async transaction =>
            {
                await transaction.GetAsync("k"u8);
                if (attempts++ == 0)
                    await _database.RunAsync(other => other.Set("k"u8, "other"u8), Cancellation);
                transaction.Set("k"u8, "mine"u8);
            },
            Cancellation);

        Assert.Equal(2, attempts);
        Assert.Equal("mine", await ReadAsync("k"));
    }

    public void Dispose() => _database.Dispose();

    private static KeyRange Range(string begin, string end) =>
        new(Encoding.UTF8.GetBytes(begin), Encoding.UTF8.GetBytes(end));

    private static string? Text(byte[]? value) => value is null ? null : Encoding.UTF8.GetString(value);

    private static string Text(IEnumerable<KeyValue> rows) => string.Join(
        ' ', rows.Select(row => $"{Encoding.UTF8.GetString(row.Key.Span)}={Encoding.UTF8.GetString(row.Value.Span)}"));

    private async Task<string?> ReadAsync(string key)
    {
        var value = await _database.ReadAsync(
            transaction => transaction.GetAsync(Encoding.UTF8.GetBytes(key)), Cancellation);
        return Text(value);
    }
}
