using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>How long keys and values may be, and how large a transaction; what happens one byte beyond.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly ContractScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("", 'k', 10_000, null)]
    [InlineData("", 'k', 10_001, 2102)]
    // With raw access a key may be longer by the prefix that a tenant would have.
    [InlineData(nameof(TransactionOption.RawAccess), 'k', 10_008, null)]
    [InlineData(nameof(TransactionOption.RawAccess), 'k', 10_009, 2102)]
    [InlineData(nameof(TransactionOption.ReadSystemKeys), 'k', 10_008, null)]
    [InlineData(nameof(TransactionOption.AccessSystemKeys), 'k', 10_009, 2102)]
    [InlineData(nameof(TransactionOption.AccessSystemKeys), '\u00ff', 30_000, null)]
    [InlineData(nameof(TransactionOption.AccessSystemKeys), '\u00ff', 30_001, 2102)]
    public async Task A_key_that_is_written_or_watched_may_be_this_long(
        string option, char first, int length, int? code)
    {
        var key = new byte[length];
        key[0] = (byte)first;
        foreach (var call in new Action<Transaction>[]
        {
            transaction => transaction.Set(key, []),
            transaction => transaction.Add(key, 1),
            transaction => transaction.SetVersionstampedValue(key, new byte[14]),
            transaction => transaction.SetVersionstampedKey(key, []),
        })
        {
            using var transaction = Begin(option);
            call(transaction);
            Assert.Equal(code, await CodeAsync(transaction.CommitAsync()));
        }
        using var watching = Begin(option);
        Assert.Equal(code, watching.WatchAsync(key) is { IsFaulted: true } failed ? await CodeAsync(failed) : null);
    }

    [Fact]
    public async Task A_key_of_raw_access_is_read_by_everybody()
    {
        var key = new byte[10_008];
        using (var writer = _scene.Begin(TransactionOption.RawAccess))
        {
            writer.Set(key, "v"u8);
            await writer.CommitAsync();
        }
        using var reader = _scene.Begin();

        Assert.Equal("v"u8.ToArray(), await reader.GetAsync(key));
    }

    [Theory]
    [InlineData(100_000, null)]
    [InlineData(100_001, 2103)]
    public async Task A_value_or_an_operand_may_be_this_long(int length, int? code)
    {
        foreach (var call in new Action<Transaction>[]
        {
            transaction => transaction.Set("k"u8, new byte[length]),
            transaction => transaction.Atomic(MutationType.ByteMax, "k"u8, new byte[length]),
            transaction => transaction.SetVersionstampedKey(new byte[14], new byte[length]),
            // The four bytes that are not stored count as well.
            transaction => transaction.SetVersionstampedValue("k"u8, new byte[length]),
        })
        {
            using var transaction = _scene.Begin();
            call(transaction);
            Assert.Equal(code, await CodeAsync(transaction.CommitAsync()));
        }
    }

    [Fact]
    public async Task An_append_that_does_not_fit_changes_nothing_and_says_nothing()
    {
        using var transaction = _scene.Begin();
        transaction.Set("k"u8, new byte[99_999]);
        transaction.Atomic(MutationType.AppendIfFits, "k"u8, new byte[2]);
        Assert.Equal(99_999, (await transaction.GetAsync("k"u8))!.Length);
        transaction.Atomic(MutationType.AppendIfFits, "k"u8, new byte[1]);
        Assert.Equal(100_000, (await transaction.GetAsync("k"u8))!.Length);

        Assert.Null(await CodeAsync(transaction.CommitAsync()));
    }

    [Theory]
    [InlineData(10_009)]
    [InlineData(50_000)]
    public async Task A_key_that_cannot_exist_is_absent_and_its_clear_does_nothing(int length)
    {
        var key = new byte[length];
        using var transaction = _scene.Begin();

        Assert.Null(await transaction.GetAsync(key));
        transaction.Clear(key);
        await transaction.CommitAsync();
        Assert.Equal(-1, transaction.CommittedVersion);
    }

    [Fact]
    public async Task The_ends_of_a_range_may_be_longer_than_any_key()
    {
        var end = Bytes("k" + new string('\0', 50_000));
        await _scene.RunAsync("set j", "set k", "set l");
        using var transaction = _scene.Begin();
        var range = new KeyRange("a"u8.ToArray(), end);

        Assert.Equal(2, (await transaction.GetRangeAsync(range)).Count);
        transaction.AddReadConflictRange(range.Begin, end);
        transaction.AddWriteConflictRange(range.Begin, end);
        transaction.ClearRange(range);
        await transaction.CommitAsync();
        Assert.Null(await _scene.ReadAsync("k"));
        Assert.NotNull(await _scene.ReadAsync("l"));
    }

    // 28 bytes for each mutation and 24 for each range, and all keys and values in them.
    [Theory]
    [InlineData("set k v", 28 + 2 + 24 + 3)]
    [InlineData("set k 1; set k v", 28 + 2 + 24 + 3)]
    [InlineData("clear k", 28 + 3 + 24 + 3)]
    [InlineData("clearrange k lll", 28 + 4 + 24 + 4)]
    [InlineData("set k v; readconflict a cc", 28 + 2 + 24 + 3 + 24 + 3)]
    [InlineData("set k v; get aa", 28 + 2 + 24 + 3 + 24 + 5)]
    [InlineData("set k v; snapshot aa", 28 + 2 + 24 + 3)]
    [InlineData("set k v; writeconflict a cc", 28 + 2 + 24 + 3 + 24 + 3)]
    [InlineData("option NextWriteNoWriteConflictRange; set kkk vvv", 28 + 6)]
    [InlineData("stampkey k", 28 + 15 + 1)]
    [InlineData("stampvalue k", 28 + 15 + 24 + 3)]
    public async Task A_transaction_has_so_many_bytes_and_may_have_no_more_than_its_limit(string calls, int size)
    {
        foreach (var (limit, code) in new (int, int?)[] { (size, null), (size - 1, 2101) })
        {
            using var transaction = _scene.Begin();
            transaction.SetOption(TransactionOption.SizeLimit, limit);
            await ContractCalls.RunAllAsync(transaction, calls);
            Assert.Equal(code, await CodeAsync(transaction.CommitAsync()));
        }
    }

    [Fact]
    public async Task The_approximate_size_grows_with_each_call_and_can_always_be_asked_for()
    {
        using var transaction = _scene.Begin();
        transaction.SetOption(TransactionOption.Timeout, 1000);
        var size = -1L;
        foreach (var call in (string[])
            ["version", "set a 1", "clear a", "clearrange b c", "add d", "stampkey e", "stampvalue f",
                "readconflict a b", "writeconflict x y", "get z"])
        {
            await ContractCalls.RunAsync(transaction, call);
            Assert.True(transaction.ApproximateSizeBytes > size, call);
            size = transaction.ApproximateSizeBytes;
        }
        await transaction.CommitAsync();
        Assert.Equal(size, transaction.ApproximateSizeBytes);
        transaction.Reset();
        Assert.Equal(0, transaction.ApproximateSizeBytes);
        transaction.ClearRange("b"u8, "a"u8);
        Assert.Equal(0, transaction.ApproximateSizeBytes);
        transaction.Cancel();
        Assert.Equal(0, transaction.ApproximateSizeBytes);
        _scene.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, transaction.ApproximateSizeBytes);
    }

    [Fact]
    public async Task Only_so_many_watches_may_wait_and_each_counts_until_it_has_ended()
    {
        _scene.Database.SetOption(DatabaseOption.MaxWatches, 2);
        using var transaction = _scene.Begin();
        using var cancelled = new CancellationTokenSource();
        var first = transaction.WatchAsync("a"u8, cancelled.Token);
        var second = transaction.WatchAsync("b"u8, _scene.Cancellation);
        Assert.Equal(1032, await CodeAsync(transaction.WatchAsync("c"u8, _scene.Cancellation)));

        await cancelled.CancelAsync();
        Assert.Equal(1101, await CodeAsync(first));
        using var other = _scene.Begin();
        var third = other.WatchAsync("c"u8, _scene.Cancellation);
        Assert.False(third.IsFaulted);
        Assert.False(second.IsCompleted);
    }

    private Transaction Begin(string option) =>
        option.Length == 0 ? _scene.Begin() : _scene.Begin(Enum.Parse<TransactionOption>(option));
}
