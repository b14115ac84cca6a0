using System.Buffers;
using FerrisDB.Extensions;
using FerrisDB.Layers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Extensions;

/// <summary>What a cache on a database keeps, for how long, and what is left of it in the database.</summary>
public sealed class CacheTests : IAsyncDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly Database _database = Database.OpenInMemory(new() { ValueSizeLimitBytes = 1_000 });
    private readonly FerrisDbCache _cache;

    public CacheTests() => _cache = new FerrisDbCache(
        _database, new() { Keys = new Subspace("cache"), RemovalPeriod = TimeSpan.FromMinutes(10) }, _clock);

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_was_set_is_there_until_it_is_removed()
    {
        await _cache.SetAsync("k", [1, 2, 3], new(), Cancellation);
        _clock.Advance(TimeSpan.FromDays(1_000));

        Assert.Equal([1, 2, 3], await _cache.GetAsync("k", Cancellation));
        Assert.Null(await _cache.GetAsync("absent", Cancellation));

        await _cache.RemoveAsync("k", Cancellation);
        Assert.Null(await _cache.GetAsync("k", Cancellation));
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public void The_methods_that_block_do_the_same()
    {
        _cache.Set("k", [1], new() { SlidingExpiration = Minute });
        _clock.Advance(Minute / 2);
        _cache.Refresh("k");
        _clock.Advance(Minute / 2);
        Assert.Equal([1], _cache.Get("k"));

        _cache.Remove("k");
        Assert.Null(_cache.Get("k"));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(1_000), InlineData(1_001), InlineData(50_000)]
    public async Task A_value_of_any_size_comes_back_whole(int length)
    {
        var value = new byte[length];
        new Random(length).NextBytes(value);
        await _cache.SetAsync("k", new byte[70_000], new(), Cancellation);
        var parts = new ReadOnlySequence<byte>(value);

        await _cache.SetAsync("k", parts, new(), Cancellation);

        Assert.Equal(value, await _cache.GetAsync("k", Cancellation));
        var buffer = new ArrayBufferWriter<byte>();
        Assert.True(await _cache.TryGetAsync("k", buffer, Cancellation));
        Assert.Equal(value, buffer.WrittenSpan);
        // The header, the pieces, and nothing of the longer value before.
        Assert.Equal(1 + ((length + 999) / 1_000), (await RowsAsync()).Count);
    }

    [Fact]
    public async Task A_value_larger_than_a_transaction_is_refused()
    {
        var error = await Assert.ThrowsAsync<FerrisException>(
            () => _cache.SetAsync("k", new byte[11_000_000], new(), Cancellation));

        Assert.Equal(ErrorCode.TransactionTooLarge, error.Code);
    }

    [Fact]
    public async Task An_absolute_expiration_ends_an_entry_at_that_moment()
    {
        await _cache.SetAsync("relative", [1], new() { AbsoluteExpirationRelativeToNow = Minute }, Cancellation);
        await _cache.SetAsync("at", [2], new() { AbsoluteExpiration = _clock.GetUtcNow() + Minute }, Cancellation);

        _clock.Advance(Minute - TimeSpan.FromTicks(1));
        Assert.NotNull(await _cache.GetAsync("relative", Cancellation));
        Assert.NotNull(await _cache.GetAsync("at", Cancellation));

        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await _cache.GetAsync("relative", Cancellation));
        Assert.Null(await _cache.GetAsync("at", Cancellation));
        Assert.False(await _cache.TryGetAsync("at", new ArrayBufferWriter<byte>(), Cancellation));
    }

    [Fact]
    public async Task An_expiration_in_the_past_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _cache.SetAsync(
            "k", [1], new() { AbsoluteExpiration = _clock.GetUtcNow() }, Cancellation));
    }

    [Fact]
    public async Task A_sliding_expiration_begins_anew_with_each_read_but_ends_at_the_absolute_one()
    {
        var options = new DistributedCacheEntryOptions
        {
            SlidingExpiration = Minute,
            AbsoluteExpirationRelativeToNow = 3 * Minute,
        };
        await _cache.SetAsync("k", [1], options, Cancellation);

        for (var read = 1; read < 6; read++)
        {
            _clock.Advance(Minute / 2);
            Assert.NotNull(await _cache.GetAsync("k", Cancellation));
        }
        _clock.Advance(Minute / 2);
        Assert.Null(await _cache.GetAsync("k", Cancellation));
    }

    [Fact]
    public async Task An_entry_that_nobody_reads_slides_away()
    {
        await _cache.SetAsync("k", [1], new() { SlidingExpiration = Minute }, Cancellation);
        _clock.Advance(Minute / 2);
        await _cache.RefreshAsync("k", Cancellation);
        _clock.Advance(Minute);

        Assert.Null(await _cache.GetAsync("k", Cancellation));
    }

    [Fact]
    public async Task Reads_in_quick_succession_write_nothing()
    {
        await _cache.SetAsync("k", [1], new() { SlidingExpiration = Minute }, Cancellation);
        var version = _database.Storage.LastVersion;

        for (var read = 0; read < 10; read++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            Assert.NotNull(await _cache.GetAsync("k", Cancellation));
        }

        Assert.Equal(version, _database.Storage.LastVersion);
    }

    [Fact]
    public async Task Expired_entries_are_removed_in_the_background_and_others_are_not()
    {
        await _database.RunAsync(transaction => transaction.Set("mine"u8, "v"u8), Cancellation);
        for (var index = 0; index < 250; index++)
            await _cache.SetAsync($"k{index}", [1], new() { AbsoluteExpirationRelativeToNow = Minute }, Cancellation);
        await _cache.SetAsync("replaced", [1], new() { AbsoluteExpirationRelativeToNow = Minute }, Cancellation);
        await _cache.SetAsync("replaced", [2], new() { AbsoluteExpirationRelativeToNow = 60 * Minute }, Cancellation);
        await _cache.SetAsync("kept", [3], new(), Cancellation);

        _clock.Advance(10 * Minute);

        // Header and piece of two entries, the expiry of one, and what is not the cache's.
        Assert.Equal(6, (await RowsAsync()).Count);
        Assert.Equal([2], await _cache.GetAsync("replaced", Cancellation));
        Assert.Equal([3], await _cache.GetAsync("kept", Cancellation));
    }

    [Fact]
    public async Task An_expiry_that_a_race_of_two_writers_left_behind_does_not_take_the_newer_entry()
    {
        await _cache.SetAsync("k", [1], new() { AbsoluteExpirationRelativeToNow = Minute }, Cancellation);
        var left = (await RowsAsync()).Single(row => new Subspace("cache")["expiry"].Contains(row.Key.Span)).Key;
        await _cache.SetAsync("k", [2], new() { AbsoluteExpirationRelativeToNow = 60 * Minute }, Cancellation);
        await _database.RunAsync(transaction => transaction.Set(left.Span, []), Cancellation);
        _clock.Advance(2 * Minute);

        await _cache.RemoveExpiredAsync(Cancellation);

        Assert.Equal([2], await _cache.GetAsync("k", Cancellation));
        Assert.DoesNotContain(await RowsAsync(), row => row.Key.Span.SequenceEqual(left.Span));
    }

    [Fact]
    public async Task Writers_of_one_key_do_not_conflict_and_the_last_one_has_it_whole()
    {
        await Task.WhenAll(Enumerable.Range(1, 20).Select(async number =>
        {
            await Task.Yield();
            var value = Enumerable.Repeat((byte)number, 200 * number).ToArray();
            await _cache.SetAsync("k", value, new() { AbsoluteExpirationRelativeToNow = Minute }, Cancellation);
        }));

        var found = await _cache.GetAsync("k", Cancellation);
        Assert.NotNull(found);
        Assert.Equal(200 * found[0], found.Length);
        Assert.All(found, each => Assert.Equal(found[0], each));
    }

    private async Task<IReadOnlyList<KeyValue>> RowsAsync() => await _database.ReadAsync(
        transaction => transaction.GetRangeAsync(new KeyRange(""u8.ToArray(), [0xff])), Cancellation);
}
