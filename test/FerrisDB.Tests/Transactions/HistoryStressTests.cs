using FerrisDB.Storage;

namespace FerrisDB.Tests.Transactions;

// Invariant: as HistoryTests, with real threads, whose order no seed decides, and the real disk.
public sealed class HistoryStressTests : IDisposable
{
    private const int ThreadCount = 4;
    private const int TransactionsPerThread = 300;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-history-");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_history_of_several_threads_is_strictly_serializable(bool inMemory)
    {
        var options = new DatabaseOptions
        {
            TransactionTimeout = TimeSpan.Zero,
            Storage = new StorageOptions
            {
                MemoryBudgetBytes = 8 << 20,
                MemTableBytes = 64 << 10,
                FreeDiskBytesMin = 0,
            },
        };
        var history = new History();
        using (var database = inMemory ? Database.OpenInMemory(options) : Database.Open(_folder.FullName, options))
        {
            var threads = Enumerable.Range(1, ThreadCount).Select(seed => Task.Factory.StartNew(
                () => Play(database, history, new Random(seed)),
                default, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            await Task.WhenAll(threads);
            using var last = new RandomTransaction(database, history, new Random(0));
            await last.ReadAllAsync();
        }
        new HistoryChecker(inMemory ? "memory" : "folder", 0, []).Check(history.Transactions);
        Assert.Contains(history.Transactions, each => each.Outcome == HistoryOutcome.NotCommitted);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Play(Database database, History history, Random random)
    {
        for (var count = 0; count < TransactionsPerThread; count++)
        {
            using var transaction = new RandomTransaction(database, history, random);
            for (var steps = random.Next(8); steps > 0; steps--)
                Wait(transaction.StepAsync());
            var durability = random.Next(20) == 0 ? Durability.Sync : Durability.Process;
            Wait(transaction.CommitAsync(durability));
        }
    }

    private static void Wait(ValueTask work) => work.AsTask().GetAwaiter().GetResult();
}
