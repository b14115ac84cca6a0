using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Transactions;

// Invariant: a disk that fails under a commit stops writes for good, and never makes anything of a lie: the error says
// so, nobody tries again, reads go on, and what is there after opening again is a state that was committed.
public sealed class CommitFailureTests
{
    private readonly CrashableFileSystem _disk = new(seed: 1);

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DiskOperationKind.Sync, ErrorCode.IoError)]
    [InlineData(DiskOperationKind.Write, ErrorCode.IoError)]
    [InlineData(DiskOperationKind.Write, ErrorCode.DiskFull)]
    public async Task A_disk_that_fails_stops_writes_and_not_reads(object kind, ErrorCode code)
    {
        var faulty = new FaultyFileSystem(_disk);
        using (var database = Open(faulty))
        {
            await WriteAsync(database, "first");
            using var watching = database.CreateTransaction();
            var watch = watching.WatchAsync("failed"u8, Cancellation);
            await watching.CommitAsync();
            faulty.FailWhen(operation => operation.Kind == (DiskOperationKind)kind, code);
            var attempts = 0;
            var error = await Assert.ThrowsAsync<FerrisException>(async () => await database.RunAsync(
                transaction =>
                {
                    attempts++;
                    transaction.Set("failed"u8, "v"u8);
                },
                Cancellation));

            Assert.Equal(code, error.Code);
            Assert.Equal(1, attempts);
            faulty.Heal();
            var later = await Assert.ThrowsAsync<FerrisException>(() => WriteAsync(database, "later"));
            Assert.Equal(ErrorCode.WritesStopped, later.Code);
            using var reader = database.CreateTransaction();
            Assert.NotNull(await reader.GetAsync("first"u8));
            Assert.Null(await reader.GetAsync("failed"u8));
            Assert.False(watch.IsCompleted);
        }
        using var reopened = Open(_disk);
        using var after = reopened.CreateTransaction();
        Assert.NotNull(await after.GetAsync("first"u8));
        Assert.Null(await after.GetAsync("later"u8));
        await WriteAsync(reopened, "again");
    }

    private static Database Open(IFileSystem disk) => Database.Open("db", new DatabaseOptions
    {
        Storage = new StorageOptions { FileSystem = disk, Scheduler = new ManualScheduler(), FreeDiskBytesMin = 0 },
    });

    private async Task WriteAsync(Database database, string key) => await database.RunAsync(
        transaction => transaction.Set(System.Text.Encoding.UTF8.GetBytes(key), "v"u8), Cancellation);
}
