using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.Network;

/// <summary>
/// A history of clients whose server cannot be reached now and then: each time until a client without patience has
/// given up.
/// </summary>
internal static class DisturbedHistory
{
    private const int Disturbances = 4;
    private const int Clients = 2;
    private const int WorkersPerClient = 2;

    /// <summary>Plays a history, and checks it. Returns what to say of it.</summary>
    public static async Task<string> PlayAndCheckAsync(string cluster, Action disturb, Action mend)
    {
        var patient = new DatabaseOptions
        {
            TransactionTimeout = TimeSpan.Zero,
            RequestTimeout = TimeSpan.FromMinutes(2),
        };
        var hasty = new DatabaseOptions { RequestTimeout = TimeSpan.FromMilliseconds(200) };
        var clients = Enumerable.Range(0, Clients).Select(_ => Database.Connect(cluster, patient)).ToList();
        var history = new History();
        var (count, isOver) = (0, false);
        var workers = Enumerable.Range(1, Clients * WorkersPerClient)
            .Select(seed => PlayAsync(clients[seed % Clients], history, new Random(seed))).ToList();
        for (var number = 0; number < Disturbances; number++)
        {
            var goal = Volatile.Read(ref count) + 60;
            while (Volatile.Read(ref count) < goal)
                await Task.Yield();
            await using var impatient = Database.Connect(cluster, hasty);
            await impatient.ReadAsync(reads => reads.GetAsync("a"u8));
            disturb();
            var error = await Assert.ThrowsAsync<FerrisException>(
                async () => await impatient.ReadAsync(reads => reads.GetAsync("a"u8)));
            mend();
            Assert.Equal(ErrorCode.TimedOut, error.Code);
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(workers);
        using (var last = new RandomTransaction(clients[0], history, new Random(0)))
            await last.ReadAllAsync();
        foreach (var client in clients)
            await client.DisposeAsync();

        new HistoryChecker("disturbed", 0, []).Check(history.Transactions);
        var committed = history.Transactions.Count(each => each.Outcome == HistoryOutcome.Committed);
        Assert.InRange(committed, Disturbances * 10, int.MaxValue);
        return $"{Disturbances} disturbances, {history.Transactions.Count} transactions, {committed} committed";

        async Task PlayAsync(Database database, History played, Random random)
        {
            while (!Volatile.Read(ref isOver))
            {
                using var transaction = new RandomTransaction(database, played, random);
                // Who waits for longer than the window of versions comes too late.
                transaction.Record.MayBeTooOld = true;
                for (var steps = random.Next(8); steps > 0; steps--)
                    await transaction.StepAsync();
                await transaction.CommitAsync(random.Next(2) == 0 ? Durability.Sync : Durability.Process);
                Interlocked.Increment(ref count);
            }
        }
    }
}
