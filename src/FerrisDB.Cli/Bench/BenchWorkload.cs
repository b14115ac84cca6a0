namespace FerrisDB.Cli;

/// <summary>A named thing to measure: what one operation is, and how many of them are done.</summary>
/// <param name="Name">db_bench's or YCSB's name for it.</param>
/// <param name="Summary">What one operation does.</param>
/// <param name="NeedsData">The database must have been filled.</param>
/// <param name="Operations">How many, of the entries that there are.</param>
/// <param name="Run">Does operation number i of this thread; returns the entries it touched.</param>
internal sealed record BenchWorkload(
    string Name, string Summary, bool NeedsData, Func<long, long> Operations, Func<BenchWorker, long, int> Run)
{
    private const int TransactionShare = 4;
    private const int LargeTransactionShare = 25;
    private const int BatchEntries = 100;
    private const int ScanEntries = 10;
    private const int LongScanEntriesMax = 100;
    private const int SyncShare = 200;

    /// <summary>All there are, in the order in which they are run if none is named.</summary>
    public static IReadOnlyList<BenchWorkload> All { get; } =
    [
        Fill("fillseq", "put the next key", (worker, i) => worker.Put(worker.Sequential(i))),
        Fill("fillrandom", "put a random key", (worker, _) => worker.Put(worker.Uniform())),
        new(
            "fillbatch", "put 100 random keys at once", false, entries => Math.Max(1, entries / BatchEntries),
            (worker, _) => worker.PutBatch(BatchEntries)),
        new(
            "fillsync", "put a random key, synced to the disk", false, entries => Math.Max(1, entries / SyncShare),
            (worker, _) => worker.Put(worker.Uniform(), Durability.Sync)),
        OnData("overwrite", "put a random key again", (worker, _) => worker.Put(worker.Uniform())),
        OnData("readrandom", "get a random key", (worker, _) => worker.Get(worker.Uniform())),
        OnData("readmissing", "get a key that is not there", (worker, _) => worker.GetMissing(worker.Uniform())),
        OnData("readhot", "get a key, few of them often", (worker, _) => worker.Get(worker.Zipfian())),
        OnData("readwhilewriting", "get a random key while thread 0 puts", (worker, _) =>
            worker.Number == 0 ? worker.Put(worker.Uniform()) : worker.Get(worker.Uniform())),
        Scan("readseq", "step to the next entry", worker => worker.Step(isForward: true)),
        Scan("readreverse", "step to the entry before", worker => worker.Step(isForward: false)),
        new(
            "seekrandom", "seek and take 10 entries", true, entries => Math.Max(1, entries / ScanEntries),
            (worker, _) => worker.Scan(worker.Uniform(), ScanEntries, isForward: true)),
        new(
            "revseek", "seek and take 10 entries backwards", true, entries => Math.Max(1, entries / ScanEntries),
            (worker, _) => worker.Scan(worker.Uniform(), ScanEntries, isForward: false)),
        Ycsb("ycsba", "1 update in 2, few keys often", (worker, _) =>
            worker.Chance(50) ? worker.Put(worker.Zipfian()) : worker.Get(worker.Zipfian())),
        Ycsb("ycsbb", "1 update in 20, few keys often", (worker, _) =>
            worker.Chance(5) ? worker.Put(worker.Zipfian()) : worker.Get(worker.Zipfian())),
        Ycsb("ycsbc", "get, few keys often", (worker, _) => worker.Get(worker.Zipfian())),
        Ycsb("ycsbd", "1 insert in 20, the latest keys often", (worker, i) =>
            worker.Chance(5) ? worker.Put(worker.Inserted(i)) : worker.Get(worker.Latest())),
        new(
            "ycsbe", "1 insert in 20, else a scan of up to 100", true,
            entries => Math.Max(1, entries / LongScanEntriesMax),
            (worker, i) => worker.Chance(5)
                ? worker.Put(worker.Inserted(i))
                : worker.Scan(worker.Zipfian(), worker.Below(LongScanEntriesMax) + 1, isForward: true)),
        Ycsb("ycsbf", "1 read-and-put in 2, few keys often", (worker, _) =>
        {
            var key = worker.Zipfian();
            return worker.Get(key) + (worker.Chance(50) ? worker.Put(key) : 0);
        }),
        OnData("deleterandom", "delete a random key", (worker, _) => worker.Delete(worker.Uniform())),
        OfTransactions(
            "tx-rmw", "transaction: get a random key and set it", TransactionShare, BenchTransactions.ReadModifyWrite),
        OfTransactions("tx-10", "transaction: set 10 random keys", LargeTransactionShare, BenchTransactions.WriteTen),
        OfTransactions(
            "tx-read", "transaction: get 100 random keys", LargeTransactionShare, BenchTransactions.ReadHundred),
        OfTransactions(
            "tx-bank", "transaction: from one of 100 accounts to another", TransactionShare,
            BenchTransactions.Transfer),
    ];

    /// <summary>It works on transactions; the others on the storage engine below.</summary>
    public bool IsTransactional { get; private init; }

    /// <summary>The workload of a name.</summary>
    public static BenchWorkload Of(string name)
    {
        var names = string.Join(", ", All.Select(each => each.Name));
        return All.FirstOrDefault(each => each.Name == name)
            ?? throw new UsageException($"There is no workload '{name}'; there are {names}.");
    }

    private static BenchWorkload Fill(string name, string summary, Func<BenchWorker, long, int> run) =>
        new(name, summary, false, entries => entries, run);

    private static BenchWorkload OnData(string name, string summary, Func<BenchWorker, long, int> run) =>
        new(name, summary, true, entries => entries, run);

    private static BenchWorkload Scan(string name, string summary, Func<BenchWorker, int> run) =>
        new(name, summary, true, entries => entries, (worker, _) => run(worker));

    private static BenchWorkload OfTransactions(
        string name, string summary, int share, Func<BenchWorker, int> run) =>
        new(name, summary, true, entries => Math.Max(1, entries / share), (worker, _) => run(worker))
        {
            IsTransactional = true,
        };

    private static BenchWorkload Ycsb(string name, string summary, Func<BenchWorker, long, int> run) =>
        new(name, summary, true, entries => entries, run);
}
