using FerrisDB.Server;
using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>What clients see of servers that are not there, go away and come back.</summary>
public sealed class RemoteFailureTests
{
    private static readonly DatabaseOptions Hasty = new() { RequestTimeout = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task Nobody_there_is_told_with_what_was_tried()
    {
        await using var server = await TestServer.StartAsync();
        server.Relay.IsClosed = true;
        await using var database = server.Connect(Hasty);

        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8)));

        Assert.Equal(ErrorCode.TimedOut, error.Code);
        Assert.Contains(server.ConnectionString, error.Message, StringComparison.Ordinal);
        Assert.Contains("attempts to connect", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_cluster_refuses_the_client_and_says_which_it_is()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = Database.Connect($"other:2@{server.Relay.EndPoint}", Hasty);

        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await database.ReadAsync(reads => reads.GetAsync("a"u8)));

        Assert.Contains("This is the cluster test:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_connects_before_the_server_starts_waits_for_it()
    {
        await using var server = await TestServer.StartAsync();
        server.Relay.IsClosed = true;
        await using var database = server.Connect();
        var reading = database.ReadAsync(reads => reads.GetAsync("a"u8));

        server.Relay.IsClosed = false;

        Assert.Null(await reading);
    }

    [Fact]
    public async Task A_stopped_server_answers_what_it_was_asked_and_clients_go_on_with_the_next()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        await database.RunAsync(transaction => transaction.Set("a"u8, "1"u8));

        await server.StopAsync();
        var writing = database.RunAsync(transaction => transaction.Set("a"u8, "2"u8));
        await server.StartAgainAsync();
        await writing;

        Assert.Equal("2", await TestServer.TextAsync(database, "a"));
    }

    [Fact]
    public async Task A_watch_survives_its_connection_and_its_server()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        using var transaction = database.CreateTransaction();
        var first = transaction.WatchAsync("a"u8);
        var second = transaction.WatchAsync("b"u8);
        await transaction.CommitAsync();

        server.Relay.Cut();
        await server.Database.RunAsync(writes => writes.Set("a"u8, "1"u8));
        await first;
        await server.StopAsync();
        await server.Database.RunAsync(writes => writes.Set("b"u8, "1"u8));
        await server.StartAgainAsync();
        await second;

        Assert.True(second.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Without_ids_a_lost_answer_is_an_unknown_result()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect(new DatabaseOptions { AutomaticIdempotency = false });
        await database.ReadAsync(reads => reads.GetAsync("a"u8));
        server.Relay.CutAfterAnswerBytes(0);
        using var transaction = database.CreateTransaction();
        transaction.Set("a"u8, "1"u8);

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.CommitAsync());

        Assert.Equal(ErrorCode.CommitUnknownResult, error.Code);
        Assert.Equal("1", await TestServer.TextAsync(database, "a"));
    }

    [Fact]
    public async Task A_commit_whose_answer_never_comes_is_an_unknown_result_and_is_not_run_again()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Null(await TestServer.TextAsync(server.Database, "n"));
        await using var database = server.Connect(Hasty);
        await database.ReadAsync(reads => reads.GetAsync("n"u8));
        server.Relay.IsClosed = true;
        server.Relay.CutAfterAnswerBytes(0);

        var error = await Assert.ThrowsAsync<FerrisException>(
            async () => await database.RunAsync(transaction => transaction.Add("n"u8, 1)));

        Assert.Equal(ErrorCode.CommitUnknownResult, error.Code);
        server.Relay.IsClosed = false;
        Assert.Equal(1, BitConverter.ToInt64(await database.ReadAsync(reads => reads.GetAsync("n"u8))));
    }

    [Fact]
    public async Task A_commit_that_is_sent_again_is_applied_once_wherever_its_answer_was_cut()
    {
        Assert.Equal(Increments, await CountWithCutsAsync());
    }

    internal const int Increments = 60;

    /// <summary>Adds one so often, while answers are cut at every place; returns the sum.</summary>
    internal static async Task<long> CountWithCutsAsync()
    {
        await using var server = await TestServer.StartAsync();
        await using var database = server.Connect();
        await database.ReadAsync(reads => reads.GetAsync("n"u8));
        for (var cut = 0; cut < Increments; cut++)
        {
            server.Relay.CutAfterAnswerBytes(cut % 40);
            await database.RunAsync(transaction => transaction.Add("n"u8, 1));
        }
        Assert.InRange(server.Relay.Cuts, Increments / 2, int.MaxValue);
        return BitConverter.ToInt64(await server.Database.ReadAsync(reads => reads.GetAsync("n"u8)));
    }
}
