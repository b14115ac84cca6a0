using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>What reads find, and at which version.</summary>
public sealed class ReadTests : IAsyncLifetime, IDisposable
{
    private readonly ContractScene _scene = new();

    public async ValueTask InitializeAsync() => await _scene.RunAsync("set b", "set d", "set f");

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _scene.Dispose();

    // From the last key before the selector's (or up to it, with "or equal") so many keys on.
    [Theory]
    [InlineData("d", false, 0, "b")]
    [InlineData("d", true, 0, "d")]
    [InlineData("d", false, 1, "d")]
    [InlineData("d", true, 1, "f")]
    [InlineData("c", false, 0, "b")]
    [InlineData("c", true, 0, "b")]
    [InlineData("c", false, 1, "d")]
    [InlineData("c", true, 1, "d")]
    [InlineData("d", false, 2, "f")]
    [InlineData("f", false, -1, "b")]
    [InlineData("f", true, -1, "d")]
    // Nothing is there: before all keys, and behind them.
    [InlineData("b", false, 0, "")]
    [InlineData("f", false, -2, "")]
    [InlineData("f", true, int.MinValue, "")]
    [InlineData("f", true, 1, "\u00ff")]
    [InlineData("a", false, 4, "\u00ff")]
    [InlineData("a", false, int.MaxValue, "\u00ff")]
    public async Task A_selector_finds_a_key_by_its_neighbours(string key, bool orEqual, int offset, string expected)
    {
        using var transaction = _scene.Begin();

        Assert.Equal(expected, Text(await transaction.GetKeyAsync(new KeySelector(Bytes(key), orEqual, offset))));
        // The same place, said otherwise.
        if (orEqual)
            Assert.Equal(
                expected, Text(await transaction.GetKeyAsync(new KeySelector(Bytes(key + "\0"), false, offset))));
    }

    [Fact]
    public async Task With_the_keys_of_the_system_the_end_of_all_keys_lies_behind_them()
    {
        using var transaction = _scene.Begin(TransactionOption.ReadSystemKeys);

        Assert.Equal([0xff, 0xff], await transaction.GetKeyAsync(KeySelector.FirstGreaterThan("f"u8.ToArray())));
    }

    [Fact]
    public async Task Selectors_count_the_transactions_own_keys_and_not_those_that_it_has_cleared()
    {
        using var transaction = _scene.Begin();
        transaction.Set("c"u8, []);
        transaction.Clear("d"u8);

        Assert.Equal("c", Text(await transaction.GetKeyAsync(new KeySelector("b"u8.ToArray(), true, 1))));
        Assert.Equal("f", Text(await transaction.GetKeyAsync(new KeySelector("b"u8.ToArray(), true, 2))));
        Assert.Equal("c", Text(await transaction.GetKeyAsync(new KeySelector("f"u8.ToArray(), false, 0))));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 0, false)]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(1, 2, true)]
    public async Task Snapshot_reads_see_own_writes_unless_that_was_disabled_more_often_than_enabled(
        int disabled, int enabled, bool isSeen)
    {
        using var transaction = _scene.Begin();
        for (var count = 0; count < disabled; count++)
            transaction.SetOption(TransactionOption.SnapshotReadYourWritesDisable);
        for (var count = 0; count < enabled; count++)
            transaction.SetOption(TransactionOption.SnapshotReadYourWritesEnable);
        transaction.Set("own"u8, "v"u8);
        transaction.Clear("b"u8);

        Assert.Equal(isSeen, await transaction.Snapshot.GetAsync("own"u8) is not null);
        Assert.Equal(!isSeen, await transaction.Snapshot.GetAsync("b"u8) is not null);
        // Other reads do not care.
        Assert.NotNull(await transaction.GetAsync("own"u8));
    }

    [Fact]
    public async Task All_reads_see_the_state_at_the_version_of_the_first_one()
    {
        using var transaction = _scene.Begin();
        Assert.Null(await transaction.GetAsync("x"u8));
        var version = await transaction.GetReadVersionAsync();
        await _scene.RunAsync("set x", "clear b");

        Assert.Null(await transaction.GetAsync("x"u8));
        Assert.NotNull(await transaction.GetAsync("b"u8));
        Assert.Equal(version, await transaction.GetReadVersionAsync());
    }

    [Fact]
    public async Task The_read_version_stays_what_it_was_after_the_commit_and_ends_with_a_reset()
    {
        using var transaction = _scene.Begin();
        var version = await transaction.GetReadVersionAsync();
        transaction.Set("x"u8, []);
        await transaction.CommitAsync();

        Assert.Equal(version, await transaction.GetReadVersionAsync());
        transaction.Reset();
        Assert.Equal(transaction.CommittedVersion, await transaction.GetReadVersionAsync());
    }

    [Fact]
    public async Task Reads_are_at_the_version_that_was_set()
    {
        using var before = _scene.Begin();
        var version = await before.GetReadVersionAsync();
        await _scene.RunAsync("set x");
        using var transaction = _scene.Begin();
        transaction.SetReadVersion(version);

        Assert.Null(await transaction.GetAsync("x"u8));
        Assert.Equal(version, await transaction.GetReadVersionAsync());
    }

    [Fact]
    public async Task A_version_to_come_fails_reads_but_not_a_commit_that_has_read_nothing()
    {
        using var writer = _scene.Begin();
        writer.SetReadVersion(long.MaxValue / 2);
        writer.Set("x"u8, []);
        Assert.Null(await CodeAsync(writer.CommitAsync()));

        using var reader = _scene.Begin();
        reader.SetReadVersion(long.MaxValue / 2);
        var reading = CodeAsync(reader.GetAsync("x"u8).AsTask());
        await _scene.LetTimePassAsync(reading);
        Assert.Equal(1009, await reading);
    }

    [Fact]
    public async Task Split_points_are_sorted_and_begin_and_end_with_the_range()
    {
        // Nothing that could be compressed.
        var value = new byte[1_000];
        await _scene.Database.RunAsync(
            transaction =>
            {
                var random = new Random(1);
                for (var row = 0; row < 200; row++)
                {
                    random.NextBytes(value);
                    transaction.Set(Bytes($"k{row:000}"), value);
                }
            },
            _scene.Cancellation);
        await _scene.Database.CompactAsync();
        using var transaction = _scene.Begin();
        var range = new KeyRange("k"u8.ToArray(), "l"u8.ToArray());

        var points = (await transaction.GetRangeSplitPointsAsync(range, 50_000)).Select(Text).ToList();

        Assert.Equal("k", points[0]);
        Assert.Equal("l", points[^1]);
        Assert.InRange(points.Count, 4, 7);
        Assert.Equal(points.Order(StringComparer.Ordinal), points);
        Assert.InRange(await transaction.GetEstimatedRangeSizeBytesAsync(range), 150_000, 260_000);
    }
}
