using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.Network;

// Invariant: as HistoryStressTests, by clients that reach the database through sockets which are cut at random. Nobody
// learns of the cuts: what is under way is sent again, commits too, and each is applied once.
public sealed class RemoteHistoryTests(ITestOutputHelper output)
{
    private const int ClientCount = 3;
    private const int WorkersPerClient = 2;
    private const int TransactionsPerWorker = 120;

    [Fact]
    public async Task A_history_of_clients_whose_connections_are_cut_is_strictly_serializable() =>
        output.WriteLine(await PlayAndCheckAsync());

    /// <summary>Plays a history, and checks it. Returns what to say of it.</summary>
    internal static async Task<string> PlayAndCheckAsync()
    {
        await using var server = await TestServer.StartAsync();
        var history = new History();
        var clients = Enumerable.Range(0, ClientCount).Select(_ => server.Connect()).ToList();
        var left = ClientCount * WorkersPerClient * TransactionsPerWorker;
        var workers = Enumerable.Range(1, ClientCount * WorkersPerClient).Select(seed => PlayAsync(
            clients[seed % ClientCount], history, new Random(seed), server.Relay,
            () => Interlocked.Decrement(ref left)));
        await Task.WhenAll(workers);
        using (var last = new RandomTransaction(clients[0], history, new Random(0)))
            await last.ReadAllAsync();
        foreach (var client in clients)
            await client.DisposeAsync();

        Assert.InRange(server.Relay.Cuts, 10, int.MaxValue);
        new HistoryChecker("remote", 0, []).Check(history.Transactions);
        Assert.Contains(history.Transactions, each => each.Outcome == HistoryOutcome.NotCommitted);
        return $"{server.Relay.Cuts} cuts, {history.Transactions.Count} transactions";
    }

    private static async Task PlayAsync(
        Database database, History history, Random random, TcpRelay relay, Func<int> count)
    {
        for (var number = 0; number < TransactionsPerWorker; number++)
        {
            using var transaction = new RandomTransaction(database, history, random);
            for (var steps = random.Next(8); steps > 0; steps--)
                await transaction.StepAsync();
            await transaction.CommitAsync(Durability.Process);
            if (count() % 10 == 0)
                relay.CutAfterAnswerBytes(random.Next(200));
        }
    }
}
