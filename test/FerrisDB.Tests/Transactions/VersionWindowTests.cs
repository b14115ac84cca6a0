using FerrisDB.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

// Invariant: a version can be read, and committed on, for five seconds after a newer one was committed; nothing older
// is kept, unless a snapshot holds it.
public sealed class VersionWindowTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryFileSystem _disk = new();
    private Database _database;

    public VersionWindowTests() => _database = Open();

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transaction_that_is_older_than_the_window_is_too_old()
    {
        await WriteAsync("k", 0);
        using var young = _database.CreateTransaction();
        using var reader = _database.CreateTransaction();
        using var writer = _database.CreateTransaction();
        await reader.GetAsync("k"u8);
        await writer.GetAsync("other"u8);
        writer.Set("x"u8, []);
        await WriteForAsync(TimeSpan.FromSeconds(4.9));
        Assert.Equal([0], await reader.GetAsync("k"u8));
        await young.GetAsync("k"u8);
        await WriteForAsync(TimeSpan.FromSeconds(0.4));

        Assert.Equal(ErrorCode.TransactionTooOld, await CodeAsync(() => reader.GetAsync("k"u8).AsTask()));
        Assert.Equal(ErrorCode.TransactionTooOld, await CodeAsync(() => writer.CommitAsync().AsTask()));
        await young.GetAsync("x"u8);
        Assert.Null(await ReadAsync("x"));
    }

    [Fact]
    public async Task While_nobody_commits_no_transaction_grows_old()
    {
        await WriteAsync("k", 1);
        using var transaction = _database.CreateTransaction();
        await transaction.GetAsync("k"u8);
        transaction.SetOption(TransactionOption.Timeout, 0);
        _clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal([1], await transaction.GetAsync("k"u8));
        await WriteAsync("other", 1);

        Assert.Equal([1], await transaction.GetAsync("k"u8));
        transaction.Set("k"u8, [2]);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task After_the_database_was_opened_again_older_readers_cannot_commit()
    {
        await WriteAsync("k", 1);
        var version = _database.Storage.LastVersion;
        await WriteAsync("k", 2);
        _database.Dispose();
        _database = Open();
        using var transaction = _database.CreateTransaction();
        transaction.SetReadVersion(version);

        Assert.Equal(ErrorCode.TransactionTooOld, await CodeAsync(() => transaction.GetAsync("k"u8).AsTask()));
        using var blind = _database.CreateTransaction();
        blind.SetReadVersion(version);
        blind.AddReadConflictRange("a"u8, "b"u8);
        blind.Set("x"u8, []);
        Assert.Equal(ErrorCode.TransactionTooOld, await CodeAsync(() => blind.CommitAsync().AsTask()));
    }

    [Fact]
    public async Task A_snapshot_lives_as_long_as_it_is_held()
    {
        await WriteAsync("k", 1);
        using var snapshot = _database.TakeSnapshot();
        await WriteForAsync(TimeSpan.FromSeconds(12));
        await _database.CompactAsync();

        Assert.Equal([1], await snapshot.GetAsync("k"u8));
        Assert.Equal("k"u8.ToArray(), await snapshot.GetKeyAsync(KeySelector.FirstGreaterOrEqual("k"u8.ToArray())));
        snapshot.Dispose();
        Assert.NotNull(await CodeAsync(() => snapshot.GetAsync("k"u8).AsTask()));
    }

    [Fact]
    public async Task What_is_kept_for_old_readers_is_bounded()
    {
        var most = 0;
        for (var count = 0; count < 4000; count++)
        {
            using var transaction = _database.CreateTransaction();
            transaction.Set([(byte)'n', .. BitConverter.GetBytes(count)], []);
            transaction.Set("same"u8, BitConverter.GetBytes(count));
            await transaction.CommitAsync();
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            most = Math.Max(most, _database.Embedded.Roles.Resolver.BoundaryCount);
        }

        // 100 keys are written in five seconds.
        Assert.InRange(most, 100, 400);
    }

    public void Dispose() => _database.Dispose();

    private Database Open() => Database.Open("db", new DatabaseOptions
    {
        Storage = new StorageOptions { FileSystem = _disk, TimeProvider = _clock, Durability = Durability.None },
    });

    private async Task WriteForAsync(TimeSpan time)
    {
        for (var step = TimeSpan.Zero; step < time; step += TimeSpan.FromMilliseconds(50))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            await WriteAsync("k", 9);
        }
    }

    private async Task WriteAsync(string key, byte value) => await _database.RunAsync(
        transaction => transaction.Set(System.Text.Encoding.UTF8.GetBytes(key), [value]), Cancellation);

    private async Task<byte[]?> ReadAsync(string key)
    {
        using var reader = _database.CreateTransaction();
        return await reader.GetAsync(System.Text.Encoding.UTF8.GetBytes(key));
    }

    private static async Task<ErrorCode?> CodeAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (FerrisException error)
        {
            return error.Code;
        }
    }
}
