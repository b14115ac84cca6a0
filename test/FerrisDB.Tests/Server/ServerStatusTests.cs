using System.Text.Json;
using FerrisDB.Server;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Server;

/// <summary>How a server says that it is: the members that others read, and the numbers in them.</summary>
public sealed class ServerStatusTests : IAsyncLifetime
{
    private static readonly byte[] StatusKey = [0xff, 0xff, .. "/status/json"u8];

    private TestServer _server = null!;
    private Database _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(
            serverOptions: new ServerOptions { SlowTransaction = TimeSpan.FromMinutes(1) });
        _client = _server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    // Members may be added. One that goes, or changes its type, breaks somebody: raise ServerStatus.SchemaVersion.
    [Theory]
    [InlineData(10_000, 100_000, false)]
    [InlineData(1_000, 100_000, true)]
    [InlineData(100, 1_000, false)]
    [InlineData(60, 80, true)] // less than commits leave free, though it is most of the volume
    [InlineData(60, 0, false)]
    public void A_disk_is_low_before_commits_are_refused(long freeMiB, long totalMiB, bool isLow) =>
        Assert.Equal(isLow, new DiskSpace(freeMiB << 20, totalMiB << 20).IsLow);

    [Fact]
    public async Task The_members_of_the_status_are_those_of_the_golden_file()
    {
        using var status = JsonDocument.Parse(await ServerOperator.AskStatusAsync(_client));

        GoldenFile.Check("status.txt", JsonShape.Of(status.RootElement));
    }

    [Fact]
    public async Task The_members_of_foundationdbs_status_are_those_of_the_golden_file()
    {
        using var status = JsonDocument.Parse(await ReadAsync(_client, StatusKey));

        GoldenFile.Check("foundation-status.txt", JsonShape.Of(status.RootElement));
        Assert.True(status.RootElement.GetProperty("client").GetProperty("database_status")
            .GetProperty("available").GetBoolean());
    }

    [Fact]
    public async Task A_locked_database_says_who_has_locked_it_with_a_server_and_without()
    {
        var id = Guid.NewGuid();
        await _client.LockAsync(id);
        var locked = await StatusAsync();
        var folder = StatusReader.Of(_server.Database.Storage);
        await _client.UnlockAsync(id);

        foreach (var status in new[] { locked, folder })
        {
            Assert.Equal(ServerStatus.Degraded, status.Health);
            Assert.Contains($"the database is locked by {id:N}", status.Summary, StringComparison.Ordinal);
            Assert.Equal("locked", Assert.Single(status.Messages).Name);
        }
        Assert.Equal(ServerStatus.Healthy, (await StatusAsync()).Health);
        Assert.Empty(StatusReader.Of(_server.Database.Storage).Messages);
    }

    [Fact]
    public async Task Who_keeps_the_log_in_backups_is_told_also_when_he_is_away()
    {
        var disk = new MemoryFileSystem();
        var target = new BackupTarget(new FolderBackupStore(disk, "backups"), disk);
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        await _client.RunAsync(transaction => transaction.Set("key"u8, "value"u8));
        Assert.Null((await StatusAsync()).Followers);
        var options = new ArchiveOptions { Interval = TimeSpan.FromDays(1), Stored = _ => stored.TrySetResult() };
        var following = _client.ArchiveAsync(target, options, stop.Token).AsTask();
        await Task.WhenAny(stored.Task, following);

        var connected = Assert.Single((await StatusAsync()).Followers!);
        await stop.CancelAsync();
        await following;
        var away = Assert.Single((await StatusAsync()).Followers!);

        Assert.Equal("everybody", connected.Holder);
        Assert.StartsWith("127.0.0.1:", connected.Address, StringComparison.Ordinal);
        Assert.Null(connected.AwaySeconds);
        Assert.True(connected.LogBytes > 0);
        Assert.Equal(connected with { AwaySeconds = away.AwaySeconds }, away);
        Assert.NotNull(away.AwaySeconds);
    }

    [Fact]
    public async Task What_clients_did_is_counted()
    {
        for (var key = 0; key < 5; key++)
            await _client.RunAsync(transaction => transaction.Set([(byte)key], "value"u8));
        await ReadAsync(_client, [0]);
        await _client.ReadAsync(reads => reads.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(Array.Empty<byte>()),
            KeySelector.FirstGreaterOrEqual(new byte[] { 0xff })));
        await ConflictAsync();

        var roles = (await StatusAsync()).Roles!;

        Assert.Equal((6, 1, 0, 0), (roles.CommitProxy.Committed, roles.CommitProxy.Conflicted,
            roles.CommitProxy.Failed, roles.CommitProxy.Waiting));
        Assert.Equal((2, 1, 5), (roles.Storage.Gets, roles.Storage.Ranges, roles.Storage.Rows));
        Assert.Equal(6, roles.CommitProxy.Mutations);
        Assert.InRange(roles.CommitProxy.Bytes, 1, long.MaxValue);
    }

    [Fact]
    public async Task The_first_words_say_that_it_is_healthy_or_what_is_wrong()
    {
        var healthy = await StatusAsync();
        var missing = StatusReader.Missing("a:b", "nobody answers");

        Assert.Equal((ServerStatus.Healthy, "healthy: 1 client, "), (healthy.Health, healthy.Summary[..19]));
        Assert.Equal((ServerStatus.Unavailable, "unavailable: nobody answers"), (missing.Health, missing.Summary));
    }

    [Fact]
    public async Task A_server_that_stops_is_not_ready_and_says_so()
    {
        Assert.True(_server.Server.Admin.IsReady);

        await ServerOperator.StopAsync(_client);

        Assert.False(_server.Server.Admin.IsReady);
        Assert.Contains(_server.Server.Admin.Status.Messages, message => message.Name == "stopping");
        Assert.True(_server.Server.Admin.StopOrdered.IsCompleted);
        // Programs that had it rebooted ask until it is available again.
        using var status = JsonDocument.Parse(await ReadAsync(_client, StatusKey));
        Assert.False(status.RootElement.GetProperty("client").GetProperty("database_status")
            .GetProperty("available").GetBoolean());
    }

    [Fact]
    public async Task A_status_without_a_server_says_that_the_database_is_not_available()
    {
        var hasty = new DatabaseOptions { RequestTimeout = TimeSpan.FromMilliseconds(50) };
        await using var lost = Database.Connect("test:1@127.0.0.1:1", hasty);

        using var status = JsonDocument.Parse(await ReadAsync(lost, StatusKey));

        var client = status.RootElement.GetProperty("client");
        Assert.False(client.GetProperty("database_status").GetProperty("available").GetBoolean());
        Assert.Equal(1, client.GetProperty("messages").GetArrayLength());
        Assert.False(status.RootElement.TryGetProperty("cluster", out _));
    }

    [Fact]
    public async Task The_status_is_found_in_a_range_of_special_keys_too()
    {
        using var transaction = _client.CreateTransaction();

        var page = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(StatusKey), KeySelector.FirstGreaterOrEqual((byte[])[.. StatusKey, 0]));

        var row = Assert.Single(page);
        Assert.Equal((byte)'{', row.Value.Span[0]);
    }

    private static async Task<byte[]> ReadAsync(Database database, byte[] key) =>
        (await database.ReadAsync(reads => reads.GetAsync(key)))!;

    private async Task<ServerStatus> StatusAsync() =>
        ServerOperator.Parse(await ServerOperator.AskStatusAsync(_client));

    private async Task ConflictAsync()
    {
        using var loser = _client.CreateTransaction();
        await loser.GetAsync([1]);
        loser.Set([2], []);
        await _client.RunAsync(winner => winner.Set([1], []));
        await Assert.ThrowsAsync<FerrisException>(async () => await loser.CommitAsync());
    }
}
