using FerrisDB.Server;

namespace FerrisDB.Tests.Network;

/// <summary>What clients notice of a tag that is throttled.</summary>
public sealed class TagThrottleTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Database _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _client = _server.Connect();
        await _client.RunAsync(transaction => transaction.Set("a"u8, "1"u8));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(TransactionOption.Tag)]
    [InlineData(TransactionOption.AutoThrottleTag)]
    public async Task Reads_and_blind_writes_with_the_tag_are_refused_and_others_are_not(TransactionOption option)
    {
        await ThrottleAsync(0);

        Assert.Equal(ErrorCode.TagThrottled, await CodeOfReadAsync(option, "slow"));
        Assert.Equal(ErrorCode.TagThrottled, await CodeOfWriteAsync(option, "slow"));
        Assert.Null(await CodeOfReadAsync(option, "fast"));
        Assert.Null(await CodeOfWriteAsync(option, "fast"));
        Assert.Equal("1", await TestServer.TextAsync(_client, "a"));
    }

    [Fact]
    public async Task What_has_started_goes_on_and_what_is_urgent_is_not_held_up()
    {
        using var begun = Begin("slow");
        await begun.GetAsync("a"u8);
        await ThrottleAsync(0);

        begun.Set("b"u8, "2"u8);
        await begun.CommitAsync();
        using var urgent = Begin("slow");
        urgent.SetOption(TransactionOption.PrioritySystemImmediate);
        Assert.NotNull(await urgent.GetAsync("b"u8));
    }

    [Fact]
    public async Task Of_several_tags_the_slowest_counts()
    {
        await ThrottleAsync(1_000_000, "fast");
        await ThrottleAsync(0);
        using var transaction = Begin("fast");
        transaction.SetOption(TransactionOption.Tag, "slow"u8);

        var refused = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.GetAsync("a"u8));

        Assert.Equal(ErrorCode.TagThrottled, refused.Code);
    }

    [Fact]
    public async Task The_retry_loop_goes_on_until_the_tag_is_free_again()
    {
        await ThrottleAsync(0);
        var attempts = 0;

        await _client.RunAsync(async transaction =>
        {
            if (++attempts == 3)
                await ServerOperator.ThrottleAsync(_client, new ThrottleOrder(false, "slow"u8.ToArray(), 0, default));
            transaction.SetOption(TransactionOption.Tag, "slow"u8);
            await transaction.GetAsync("a"u8);
        });

        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Those_who_wait_start_by_and_by()
    {
        await ThrottleAsync(200);

        var reads = Enumerable.Range(0, 40).Select(_ => CodeOfReadAsync(TransactionOption.Tag, "slow")).ToArray();

        Assert.All(await Task.WhenAll(reads).WaitAsync(TimeSpan.FromSeconds(30)), Assert.Null);
        var row = Assert.Single((await StatusAsync()).Roles!.Ratekeeper.TagThrottles!);
        Assert.Equal(("slow", 200, 40, 0), (row.Tag, row.StartsPerSecondMax, row.Started, row.Waiting));
        Assert.InRange(row.SecondsLeft, 3000, 3600);
    }

    [Fact]
    public async Task A_server_that_stops_lets_those_go_who_wait_and_the_next_one_takes_them()
    {
        await ThrottleAsync(10);
        var reads = Enumerable.Range(0, 3).Select(_ => CodeOfReadAsync(TransactionOption.Tag, "slow")).ToArray();

        await _server.StopAsync();
        await _server.StartAgainAsync();

        Assert.All(await Task.WhenAll(reads).WaitAsync(TimeSpan.FromSeconds(30)), Assert.Null);
    }

    [Fact]
    public async Task What_an_operator_said_holds_on_the_next_server()
    {
        await ThrottleAsync(7);
        await ThrottleAsync(8, "gone");
        await ServerOperator.ThrottleAsync(_client, new ThrottleOrder(false, "gone"u8.ToArray(), 0, default));
        await ServerOperator.ThrottleAsync(_client, ThrottleOrder.OfAutomatic(false));

        await _server.StopAsync();
        await _server.StartAgainAsync();

        var limit = (await StatusAsync()).Roles!.Ratekeeper;
        var row = Assert.Single(limit.TagThrottles!);
        Assert.Equal(("slow", 7, false), (row.Tag, row.StartsPerSecondMax, row.IsAutomatic));
        Assert.InRange(row.SecondsLeft, 3000, 3600);
        Assert.False(limit.ThrottlesHotTags);

        await ServerOperator.ThrottleAsync(_client, ThrottleOrder.OfAutomatic(true));
        await ServerOperator.ThrottleAsync(_client, new ThrottleOrder(false, null, 0, default));
        await _server.StopAsync();
        await _server.StartAgainAsync();

        limit = (await StatusAsync()).Roles!.Ratekeeper;
        Assert.Null(limit.TagThrottles);
        Assert.True(limit.ThrottlesHotTags);
    }

    [Fact]
    public async Task What_is_asked_for_with_a_tag_of_801_is_counted_and_with_800_not()
    {
        var tags = _server.Server.Roles.Tags;
        tags.Usage.Take();

        await CodeOfReadAsync(TransactionOption.AutoThrottleTag, "a");
        await CodeOfWriteAsync(TransactionOption.AutoThrottleTag, "b");
        await CodeOfWriteAsync(TransactionOption.Tag, "c");

        var uses = tags.Usage.Take();
        Assert.Equal(2, uses.Count);
        Assert.Equal(new FerrisDB.Transactions.TagUse(1, 0), uses["a"u8.ToArray()]);
        Assert.Equal(1, uses["b"u8.ToArray()].Starts);
        Assert.InRange(uses["b"u8.ToArray()].Bytes, 2, 100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("auto")]
    [InlineData("auto maybe")]
    [InlineData("on")]
    [InlineData("on x 1 a")]
    [InlineData("on 1 -1 a")]
    [InlineData("off a b")]
    public async Task An_order_that_makes_no_sense_is_refused(string order)
    {
        var refused = await Assert.ThrowsAsync<FerrisException>(async () =>
            await ((RemoteCluster)_client.Cluster).OrderAsync(FerrisDB.Transactions.AdminOrder.Throttle, order));

        Assert.Equal(ErrorCode.InvalidOptionValue, refused.Code);
    }

    [Fact]
    public void An_order_travels_whatever_bytes_its_tag_has()
    {
        byte[] tag = [.. Enumerable.Range(0, 255).Select(each => (byte)each)];
        var order = new ThrottleOrder(true, tag, 5, TimeSpan.FromSeconds(7));

        var read = ThrottleOrder.Parse(order.ToString());

        Assert.Equal(tag, read.Tag);
        Assert.Equal((true, 5, 7), (read.IsOn, read.StartsPerSecond, read.Time.TotalSeconds));
    }

    private async Task ThrottleAsync(double rate, string tag = "slow") => await ServerOperator.ThrottleAsync(
        _client, new ThrottleOrder(true, System.Text.Encoding.ASCII.GetBytes(tag), rate, TimeSpan.FromHours(1)));

    private async Task<ServerStatus> StatusAsync() =>
        ServerOperator.Parse(await ServerOperator.AskStatusAsync(_client));

    private Transaction Begin(string tag, TransactionOption option = TransactionOption.Tag)
    {
        var transaction = _client.CreateTransaction();
        transaction.SetOption(option, System.Text.Encoding.ASCII.GetBytes(tag));
        return transaction;
    }

    private async Task<ErrorCode?> CodeOfReadAsync(TransactionOption option, string tag)
    {
        using var transaction = Begin(tag, option);
        return await CodeAsync(async () => await transaction.GetAsync("a"u8));
    }

    private async Task<ErrorCode?> CodeOfWriteAsync(TransactionOption option, string tag)
    {
        using var transaction = Begin(tag, option);
        transaction.Set("c"u8, "3"u8);
        return await CodeAsync(async () => await transaction.CommitAsync());
    }

    private static async Task<ErrorCode?> CodeAsync(Func<Task> run)
    {
        try
        {
            await run();
            return null;
        }
        catch (FerrisException error)
        {
            return error.Code;
        }
    }
}
