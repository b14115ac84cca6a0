using FerrisDB.Server;
using FerrisDB.Storage;
using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>
/// Over links that lose, delay, halve and cut what they carry, or are dead one way without a word, clients see nothing
/// but the time that it takes.
/// </summary>
public sealed class LossyLinkTests(ITestOutputHelper output)
{
    private const int Clients = 3;
    private const int WorkersPerClient = 2;
    private const int TransactionsPerWorker = 150;

    // The test's time may pass while this machine is busy with something else: so much of it does not. A connection
    // that is taken for dead then is no harm.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(10);

    // Invariant: as RemoteHistoryTests.
    [Fact]
    public async Task A_history_over_bad_links_is_strictly_serializable() =>
        output.WriteLine(await PlayAndCheckAsync(seed: 1));

    [Fact]
    public async Task A_request_that_was_sent_into_a_dead_link_is_sent_again_before_it_has_waited_too_long()
    {
        var link = new LossyLink(seed: 2) { IsBad = false };
        await using var server = await StartAsync(link);
        await using var client = Connect(server, link);
        await link.PassTimeUntilAsync(client.RunAsync(transaction => transaction.Set("a"u8, "1"u8)).AsTask());

        server.Relay.KillAnswers();
        var begun = link.Clock.GetTimestamp();
        var ways = link.Ways;
        await link.PassTimeUntilAsync(client.RunAsync(transaction => transaction.Add("n"u8, 1)).AsTask());

        Assert.InRange(link.Clock.GetElapsedTime(begun), TimeSpan.Zero, RequestTimeout);
        Assert.True(link.Ways > ways);
        Assert.Equal(1, BitConverter.ToInt64(await server.Database.ReadAsync(reads => reads.GetAsync("n"u8))));
    }

    [Fact]
    public async Task A_server_lets_a_client_go_that_went_away_without_a_word()
    {
        var link = new LossyLink(seed: 3) { IsBad = false };
        await using var server = await StartAsync(link);
        await using (var client = Connect(server, link))
        {
            await link.PassTimeUntilAsync(client.RunAsync(transaction => transaction.Set("a"u8, "1"u8)).AsTask());
            server.Relay.KillAnswers();
        }
        Assert.Equal(1, server.Server.ConnectionCount);

        await link.PassTimeUntilAsync(WhenGoneAsync(server));
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    /// <summary>Plays a history, and checks it. Returns what to say of it.</summary>
    internal static async Task<string> PlayAndCheckAsync(int seed)
    {
        var link = new LossyLink(seed);
        await using var server = await StartAsync(link);
        var history = new History();
        var clients = Enumerable.Range(0, Clients).Select(_ => Connect(server, link)).ToList();
        var workers = Enumerable.Range(1, Clients * WorkersPerClient).Select(worker =>
            PlayAsync(clients[worker % Clients], history, new Random((seed * 100) + worker)));
        await link.PassTimeUntilAsync(Task.WhenAll(workers));
        link.IsBad = false;
        using (var last = new RandomTransaction(clients[0], history, new Random(0)))
            await link.PassTimeUntilAsync(last.ReadAllAsync().AsTask());
        foreach (var client in clients)
            await client.DisposeAsync();

        new HistoryChecker("lossy", seed, []).Check(history.Transactions);
        Assert.Contains(history.Transactions, static each => each.Outcome == HistoryOutcome.NotCommitted);
        Assert.All([link.Losses, link.Halves, link.Cuts, link.Deaths], static count => Assert.True(count > 0));
        // Nobody has told the server of those that died.
        await link.PassTimeUntilAsync(WhenGoneAsync(server));
        return $"{link}, {history.Transactions.Count} transactions";
    }

    private static Task<TestServer> StartAsync(LossyLink link) =>
        TestServer.StartAsync(serverOptions: new ServerOptions { TimeProvider = link.Clock }, link: link);

    private static Database Connect(TestServer server, LossyLink link) => server.Connect(new DatabaseOptions
    {
        TransactionTimeout = TimeSpan.Zero,
        RequestTimeout = RequestTimeout,
        Storage = new StorageOptions { TimeProvider = link.Clock },
    });

    private static async Task WhenGoneAsync(TestServer server)
    {
        while (server.Server.ConnectionCount > 0)
            await Task.Yield();
    }

    private static async Task PlayAsync(Database database, History history, Random random)
    {
        for (var number = 0; number < TransactionsPerWorker; number++)
        {
            using var transaction = new RandomTransaction(database, history, random);
            // Of the server's clock, which is this machine's, a busy machine may need more than there is.
            transaction.Record.MayBeTooOld = true;
            for (var steps = random.Next(8); steps > 0; steps--)
                await transaction.StepAsync();
            await transaction.CommitAsync(Durability.Process);
        }
    }
}
