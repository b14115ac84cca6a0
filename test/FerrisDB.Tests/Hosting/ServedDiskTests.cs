using FerrisDB.Server;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Hosting;

// Invariant: whatever the disk of a server does, clients get an error to react to, reads go on, and what was
// acknowledged is there when the folder is served again.
public sealed class ServedDiskTests
{
    private const long FreeMin = 1 << 20;

    private readonly CrashableFileSystem _disk = new(seed: 1);

    [Fact]
    public async Task A_disk_that_becomes_full_refuses_commits_until_there_is_room()
    {
        var faulty = new FaultyFileSystem(_disk);
        await using var server = await ServeAsync(faulty);
        await using var client = server.Connect();
        await SetAsync(client, "a", "1");

        faulty.FreeBytes = FreeMin / 2;
        // The disk is asked again for every few megabytes.
        var error = await Assert.ThrowsAsync<FerrisException>(async () =>
        {
            for (var number = 0; number < 1000; number++)
                await client.RunAsync(transaction => transaction.Set("large"u8, new byte[90_000]));
        });

        Assert.Equal(ErrorCode.DiskFull, error.Code);
        Assert.Contains("Free space and write again", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", await TestServer.TextAsync(client, "a"));
        faulty.FreeBytes = null;
        await SetAsync(client, "a", "2");
        Assert.Equal("2", await TestServer.TextAsync(client, "a"));
    }

    [Fact]
    public async Task A_server_that_starts_on_a_full_disk_serves_reads_and_takes_commits_when_there_is_room()
    {
        long former;
        await using (var first = await ServeAsync(_disk))
        {
            await SetAsync(first.Database, "a", "1");
            former = await first.Database.ReadAsync(reads => reads.GetReadVersionAsync());
        }
        var faulty = new FaultyFileSystem(_disk) { FreeBytes = FreeMin / 2 };
        await using var server = await ServeAsync(faulty);
        await using var client = server.Connect();

        Assert.Equal(ErrorCode.DiskFull, server.Database.Embedded.Roles.WriteRefusal?.Code);
        Assert.StartsWith(
            "read-only: commits are refused until there is room on the disk", server.Server.Admin.Status.Summary,
            StringComparison.Ordinal);
        Assert.False(server.Server.Admin.IsReady);
        Assert.Equal("1", await TestServer.TextAsync(client, "a"));
        var error = await Assert.ThrowsAsync<FerrisException>(() => SetAsync(client, "a", "2"));
        Assert.Equal(ErrorCode.DiskFull, error.Code);

        faulty.FreeBytes = null;
        using var early = client.CreateTransaction();
        await early.GetAsync("a"u8);
        early.Set("b"u8, "early"u8);
        await SetAsync(client, "a", "2");
        // It has read before the versions that a former life may have given out.
        var tooOld = await Assert.ThrowsAsync<FerrisException>(async () => await early.CommitAsync());

        Assert.Equal(ErrorCode.TransactionTooOld, tooOld.Code);
        Assert.Equal("2", await TestServer.TextAsync(client, "a"));
        Assert.True(server.Server.Admin.IsReady);
        Assert.DoesNotContain(server.Server.Admin.Status.Messages, message => message.Name == "commits_refused");
        Assert.InRange(
            await client.ReadAsync(reads => reads.GetReadVersionAsync()), former + 100_000_000, long.MaxValue);
    }

    [Theory]
    [InlineData(DiskOperationKind.Sync)]
    [InlineData(DiskOperationKind.Write)]
    public async Task A_disk_that_fails_or_became_read_only_stops_commits_and_not_reads(object kind)
    {
        var faulty = new FaultyFileSystem(_disk);
        await using (var server = await ServeAsync(faulty))
        {
            await using var client = server.Connect();
            await SetAsync(client, "a", "1");
            faulty.FailWhen(operation => operation.Kind == (DiskOperationKind)kind);

            var unknown = await Assert.ThrowsAsync<FerrisException>(() => SetAsync(client, "a", "2"));
            var stopped = await Assert.ThrowsAsync<FerrisException>(() => SetAsync(client, "a", "3"));

            Assert.Equal((ErrorCode.IoError, ErrorCode.WritesStopped), (unknown.Code, stopped.Code));
            Assert.Equal("1", await TestServer.TextAsync(client, "a"));
            faulty.Heal();
        }
        await using var again = await ServeAsync(_disk);
        Assert.Contains(await TestServer.TextAsync(again.Database, "a"), new[] { "1", "2" });
        await SetAsync(again.Database, "a", "4");
        Assert.Equal("4", await TestServer.TextAsync(again.Database, "a"));
    }

    private static async Task<TestServer> ServeAsync(IFileSystem disk) => await TestServer.ServeAsync(
        await Database.OpenAsync("db", new DatabaseOptions
        {
            IsServed = true,
            Storage = new StorageOptions
            {
                FileSystem = disk,
                Scheduler = new ManualScheduler(),
                FreeDiskBytesMin = FreeMin,
            },
        }));

    private static async Task SetAsync(Database database, string key, string value) => await database.RunAsync(
        transaction => transaction.Set(
            System.Text.Encoding.ASCII.GetBytes(key), System.Text.Encoding.ASCII.GetBytes(value)));
}
