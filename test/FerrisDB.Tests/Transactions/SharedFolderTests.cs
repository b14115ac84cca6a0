using FerrisDB.Storage;

namespace FerrisDB.Tests.Transactions;

// A folder that is open twice in a process is one database, but each opener has transactions and watches of its own.
public sealed class SharedFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-shared-");

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_opener_had_open_ends_with_it_and_nothing_of_the_others()
    {
        using var staying = Open();
        var leaving = Open();
        var watch = await WatchAsync(leaving);
        using var unarmed = leaving.CreateTransaction();
        var unarmedWatch = unarmed.WatchAsync("k"u8, Cancellation);
        using var writing = leaving.CreateTransaction();
        writing.Set("a"u8, "1"u8);
        var keptWatch = await WatchAsync(staying);

        leaving.Dispose();

        Assert.Equal(ErrorCode.TransactionCancelled, await CodeAsync(watch));
        Assert.Equal(ErrorCode.TransactionCancelled, await CodeAsync(unarmedWatch));
        Assert.Equal(ErrorCode.TransactionCancelled, await CodeAsync(writing.CommitAsync().AsTask()));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await unarmed.GetAsync("k"u8));
        Assert.Throws<ObjectDisposedException>(() => leaving.CreateTransaction());
        Assert.False(keptWatch.IsCompleted);
        await staying.RunAsync(transaction => transaction.Set("k"u8, "2"u8), Cancellation);
        await keptWatch;
        Assert.Null(await staying.ReadAsync(transaction => transaction.GetAsync("a"u8), Cancellation));
    }

    [Fact]
    public void All_openers_have_the_options_of_the_first()
    {
        using var first = Open();
        using var second = Open();

        Assert.Same(first.Options, second.Options);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Database Open() => Database.Open(
        _folder.FullName, new DatabaseOptions { Storage = new StorageOptions { FreeDiskBytesMin = 0 } });

    private async Task<Task> WatchAsync(Database database)
    {
        using var transaction = database.CreateTransaction();
        var watch = transaction.WatchAsync("k"u8, Cancellation);
        await transaction.CommitAsync();
        return watch;
    }

    private static async Task<ErrorCode> CodeAsync(Task task) =>
        (await Assert.ThrowsAsync<FerrisException>(() => task)).Code;
}
