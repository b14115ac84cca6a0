using System.Globalization;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Network;

/// <summary>All rows of a range at one version, from this process or from a server.</summary>
public sealed class RangeReaderTests
{
    // Some megabytes: several times what is under way at once.
    private const int Rows = 16_000;

    private static readonly KeyRange All = new([], [0xFF]);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public Task Rows_come_in_order_and_of_one_version_whatever_is_written_meanwhile(bool isRemote, bool reverse) =>
        ReadAmongWritesAsync(isRemote, reverse);

    internal static async Task ReadAmongWritesAsync(bool isRemote, bool reverse)
    {
        await using var server = await TestServer.StartAsync(
            new DatabaseOptions { VersionWindow = TimeSpan.FromMilliseconds(10) });
        await using var client = server.Connect();
        await WriteAsync(client, "old");
        var database = isRemote ? client : server.Database;
        var found = new List<string>();
        await using (var stream = await database.OpenRangeAsync(All, reverse))
        {
            for (var number = 0; await stream.ReadAsync(); number++)
            {
                found.Add($"{ModelDatabase.Text(stream.Key)}={ModelDatabase.Text(stream.Value)[..3]}");
                // The window is over many times before the end.
                if (number % (Rows / 4) == 0)
                    await WriteAsync(client, "new");
            }
            Assert.Throws<ArgumentOutOfRangeException>(() => stream.Key.Length);
            Assert.InRange(stream.Version, 1, server.Database.Storage.LastVersion - 1);
        }
        var expected = Enumerable.Range(0, Rows).Select(number => $"{Key(number)}=old");
        Assert.Equal(reverse ? expected.Reverse() : expected, found);
        // Nothing stays held: the next answer comes behind the end of the stream.
        await client.ReadAsync(reads => reads.GetAsync("a"u8));
        Assert.Equal(0, server.Database.GetStatistics().Snapshots);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keys_can_be_read_alone_and_a_range_can_be_empty(bool isRemote)
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        await WriteAsync(client, "old");
        var database = isRemote ? client : server.Database;
        await using (var keys = await database.OpenRangeAsync(
            new KeyRange(ModelDatabase.Bytes(Key(5)), ModelDatabase.Bytes(Key(7))), keysOnly: true))
        {
            Assert.True(await keys.ReadAsync());
            Assert.Equal((Key(5), 0), (ModelDatabase.Text(keys.Key), keys.Value.Length));
            Assert.True(await keys.ReadAsync());
            Assert.False(await keys.ReadAsync());
            Assert.False(await keys.ReadAsync());
        }
        await using var nothing = await database.OpenRangeAsync(new KeyRange([1], [1]));
        Assert.False(await nothing.ReadAsync());
    }

    [Fact]
    public async Task A_cut_connection_ends_the_stream_with_an_error_and_lets_its_version_go()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        await WriteAsync(client, "old");
        await using var stream = await client.OpenRangeAsync(All);
        Assert.True(await stream.ReadAsync());
        server.Relay.Cut();

        var error = await Assert.ThrowsAsync<FerrisException>(async () =>
        {
            while (await stream.ReadAsync())
            {
            }
        });

        Assert.Equal(ErrorCode.ConnectionFailed, error.Code);
        Assert.Null(await TestServer.TextAsync(client, "a"));
        while (server.Database.GetStatistics().Snapshots > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task Large_answers_do_not_cost_the_connection()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        await WriteAsync(client, "old");
        for (var round = 0; round < 4; round++)
        {
            var pages = await client.ReadAsync(reads => reads.GetRangeAsync(
                All, new RangeOptions { Mode = StreamingMode.WantAll }));
            Assert.Equal(Rows, pages.Count);
        }
        Assert.Equal(0, server.Relay.Cuts);
    }

    [Fact]
    public async Task A_connection_reads_so_many_ranges_at_once_and_others_when_one_has_ended()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        var open = new List<RangeReader>();
        var error = await Assert.ThrowsAsync<FerrisException>(async () =>
        {
            while (open.Count < 1000)
                open.Add(await client.OpenRangeAsync(All));
        });
        Assert.Equal((ErrorCode.ClientInvalidOperation, 16), (error.Code, open.Count));

        await open[0].DisposeAsync();

        await using var next = await client.OpenRangeAsync(All);
        Assert.False(await next.ReadAsync());
        foreach (var stream in open)
            await stream.DisposeAsync();
    }

    private static Task WriteAsync(Database database, string word) => database.RunAsync(transaction =>
    {
        for (var number = 0; number < Rows; number++)
            transaction.Set(ModelDatabase.Bytes(Key(number)), ModelDatabase.Bytes(word.PadRight(200, '.')));
    }).AsTask();

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number:00000}");
}
