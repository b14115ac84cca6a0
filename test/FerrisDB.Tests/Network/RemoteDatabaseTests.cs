using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Network;

/// <summary>The API of a database, on one that is behind a socket.</summary>
public sealed class RemoteDatabaseTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Database _database = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _database = _server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_one_client_writes_another_one_reads()
    {
        await _database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));

        await using var other = _server.Connect();

        Assert.Equal("1", await TestServer.TextAsync(other, "a"));
        Assert.Null(await other.ReadAsync(reads => reads.GetAsync("b"u8)));
    }

    [Fact]
    public async Task Ranges_come_in_both_directions_and_in_many_pages()
    {
        await _database.RunAsync(transaction =>
        {
            for (var number = 0; number < 3000; number++)
                transaction.Set(Encoding.ASCII.GetBytes($"key{number:0000}"), new byte[100]);
        });
        var range = new KeyRange("key"u8.ToArray(), "kez"u8.ToArray());

        var forward = await _database.ReadAsync(async reads => await reads.GetRangeAsync(range));
        var backward = await _database.ReadAsync(async reads =>
            await reads.GetRangeAsync(range, new RangeOptions { Reverse = true, Limit = 1500 }));

        Assert.Equal(3000, forward.Count);
        Assert.Equal(1500, backward.Count);
        Assert.Equal("key2999"u8, backward[0].Key.Span);
        Assert.Equal(forward.Reverse().Take(1500).Select(row => row.Key), backward.Select(row => row.Key), SameBytes);
    }

    [Fact]
    public async Task Atomic_operations_and_versionstamps_are_the_servers()
    {
        await _database.RunAsync(transaction => transaction.Add("n"u8, 40));
        using var transaction = _database.CreateTransaction();
        transaction.Add("n"u8, 2);
        transaction.SetVersionstampedValue("stamp"u8, new byte[14]);
        var stamp = transaction.GetVersionstampAsync();
        await transaction.CommitAsync();

        Assert.Equal(42, BitConverter.ToInt64(await _database.ReadAsync(reads => reads.GetAsync("n"u8))));
        Assert.Equal(await stamp, await _database.ReadAsync(reads => reads.GetAsync("stamp"u8)));
    }

    // What FoundationDB's clients send for Min and And; here they have no names.
    [Theory]
    [InlineData(18, 3, 5, 3)]
    [InlineData(18, null, 5, 5)]
    [InlineData(19, 6, 3, 2)]
    [InlineData(19, null, 3, 3)]
    public async Task The_second_codes_of_two_operations_are_those_two(int code, int? value, int operand, int expected)
    {
        foreach (var database in new[] { _database, _server.Database })
        {
            using var transaction = database.CreateTransaction();
            transaction.Clear("n"u8);
            if (value is { } old)
                transaction.Set("n"u8, [(byte)old]);
            await transaction.CommitAsync();
            transaction.Reset();
            transaction.Atomic((MutationType)code, "n"u8, [(byte)operand]);

            Assert.Equal([(byte)expected], (await transaction.GetAsync("n"u8))!);
            await transaction.CommitAsync();
            Assert.Equal([(byte)expected], (await database.ReadAsync(reads => reads.GetAsync("n"u8)))!);
        }
    }

    [Fact]
    public async Task A_conflict_is_a_conflict_and_names_its_ranges()
    {
        using var first = _database.CreateTransaction();
        first.SetOption(TransactionOption.ReportConflictingKeys);
        await first.GetAsync("a"u8);
        first.Set("b"u8, "1"u8);
        await _database.RunAsync(transaction => transaction.Set("a"u8, "2"u8));

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await first.CommitAsync());

        Assert.Equal(ErrorCode.NotCommitted, error.Code);
        Assert.Equal("a"u8, Assert.Single(error.ConflictingRanges).Begin);
    }

    [Fact]
    public async Task A_watch_tells_of_a_change_by_another_client()
    {
        await using var other = _server.Connect();
        using var transaction = _database.CreateTransaction();
        var changed = transaction.WatchAsync("a"u8);
        await transaction.CommitAsync();
        Assert.False(changed.IsCompleted);

        await other.RunAsync(writes => writes.Set("a"u8, "1"u8));

        await changed;
        Assert.True(changed.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_watch_that_is_cancelled_is_let_go_by_the_server()
    {
        var watches = _server.Database.Embedded.Roles.Storage.Watches;
        using var cancellation = new CancellationTokenSource();
        using var transaction = _database.CreateTransaction();
        var changed = transaction.WatchAsync("a"u8, cancellation.Token);
        await transaction.CommitAsync();
        await _database.ReadAsync(reads => reads.GetAsync("a"u8));
        Assert.Equal(1, watches.Count);

        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAsync<FerrisException>(() => changed);
        Assert.Equal(ErrorCode.OperationCancelled, error.Code);
        await _database.ReadAsync(reads => reads.GetAsync("a"u8));
        Assert.Equal(0, watches.Count);
    }

    [Fact]
    public async Task Sizes_and_split_points_are_the_servers()
    {
        await _database.RunAsync(transaction =>
        {
            for (var number = 0; number < 1000; number++)
                transaction.Set(Encoding.ASCII.GetBytes($"key{number:0000}"), new byte[1000]);
        });
        var all = new KeyRange([], [0xff]);
        using var transaction = _database.CreateTransaction();

        var size = await transaction.GetEstimatedRangeSizeBytesAsync(all);
        var points = await transaction.GetRangeSplitPointsAsync(all, 100_000);

        Assert.InRange(size, 500_000, 2_000_000);
        Assert.InRange(points.Count, 5, 40);
    }

    [Fact]
    public async Task Many_transactions_at_once_share_connection_and_read_versions()
    {
        var tasks = Enumerable.Range(0, 500).Select(number => _database.RunAsync(async transaction =>
        {
            var key = Encoding.ASCII.GetBytes($"{number:000}");
            Assert.Null(await transaction.GetAsync(key));
            transaction.Set(key, key);
        }).AsTask());

        await Task.WhenAll(tasks);

        Assert.Equal(500, (await _database.ReadAsync(async reads => await reads.GetRangeAsync(AllKeys))).Count);
        Assert.Equal(1, _server.Server.ConnectionCount);
    }

    [Fact]
    public async Task What_needs_the_engine_says_that_it_is_elsewhere()
    {
        foreach (var call in (Action[])[() => _ = _database.Storage, () => _database.TakeSnapshot()])
            Assert.Equal(ErrorCode.UnsupportedOperation, Assert.Throws<FerrisException>(call).Code);
        using var transaction = _database.CreateTransaction();
        var told = await transaction.GetAsync([0xff, 0xff, .. "/connection_string"u8]);
        Assert.Equal(_server.ConnectionString, Encoding.UTF8.GetString(told!));
    }

    [Fact]
    public async Task The_ids_of_commits_are_kept_beside_what_they_wrote_and_expire()
    {
        await _database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
        var ids = new KeyRange([0xff, 0x02], [0xff, 0x03]);

        var kept = await _server.Database.RunAsync(async transaction =>
        {
            transaction.SetOption(TransactionOption.ReadSystemKeys);
            return await transaction.GetRangeAsync(ids);
        });

        Assert.StartsWith("\\xff\\x02/idmp/", KeyText.Of(Assert.Single(kept).Key.Span), StringComparison.Ordinal);
    }

    private static KeyRange AllKeys => new([], [0xff]);

    private static bool SameBytes(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) =>
        left.Span.SequenceEqual(right.Span);
}
