using System.Globalization;

namespace FerrisDB.Bench;

/// <summary>All workloads by name. <c>name@threads</c> runs one with so many threads.</summary>
internal static class WorkloadCatalog
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new PutWorkload("fillseq", "put in key order") { Sequential = true },
        new PutWorkload("fillrandom", "put random keys"),
        new BatchWorkload("fillbatch", "put random keys in batches of 100", 100),
        new BatchWorkload("load", "put every key once, random order, batches of 1,000", 1000) { EveryKeyOnce = true },
        new PutWorkload("fillsync", "put random keys, each durable against power loss") { WaitsForDisk = true },
        new PutWorkload("overwrite", "put random keys that exist") { IntoLoaded = true },
        new DeleteWorkload("deleterandom", "delete random keys"),
        new GetWorkload("readrandom", "get random keys"),
        new SnapshotGetWorkload("snapread", "get random keys from a snapshot"),
        new GetWorkload("readmissing", "get keys that do not exist") { Absent = true },
        new GetWorkload("readhot", "get keys with zipfian frequency") { Skewed = true },
        new GetWorkload("readwhilewriting", "get random keys while one thread overwrites 20,000 a second")
        {
            WhileWriting = true,
            WritesPerSecond = 20_000,
        },
        new GetWorkload("readwhilewriting-max", "get random keys while one thread overwrites as fast as it can")
        {
            WhileWriting = true,
        },
        new SeekWorkload("seekrandom", "seek to a random key and read 10 entries upwards", backwards: false),
        new SeekWorkload("revseek", "seek to a random key and read 10 entries backwards", backwards: true),
        new ScanWorkload("readseq", "read every entry upwards", backwards: false),
        new ScanWorkload("readreverse", "read every entry backwards", backwards: true),
        new YcsbWorkload("ycsba", "50% get, 50% overwrite, zipfian") { UpdatePercent = 50 },
        new YcsbWorkload("ycsbb", "95% get, 5% overwrite, zipfian") { UpdatePercent = 5 },
        new YcsbWorkload("ycsbc", "get, zipfian"),
        new YcsbWorkload("ycsbd", "95% get the latest, 5% insert") { InsertPercent = 5, ReadsLatest = true },
        new YcsbWorkload("ycsbe", "95% scan of 1-100 entries, 5% insert") { ScanPercent = 95, InsertPercent = 5 },
        new YcsbWorkload("ycsbf", "50% get, 50% get and overwrite, zipfian") { ReadModifyWritePercent = 50 },
        new ReopenWorkload("reopen", "milliseconds from open to the first get, after a kill"),
        .. Transactions(isDurable: false),
        new ReadOnlyWorkload("tx-read", "transactions that read 100 random keys", 100),
        new ClearRangeWorkload("tx-clear", "milliseconds of a transaction that clears every key"),
        new OpenInMemoryWorkload("tx-open", "milliseconds to open a database in memory, the median"),
        .. Transactions(isDurable: true),
    ];

    /// <summary>What is measured when no workloads are named: everything, and two rows with more threads.</summary>
    public static IReadOnlyList<string> CoreSet { get; } =
    [
        "fillseq", "fillrandom", "fillbatch", "load", "fillsync", "fillsync@8", "overwrite", "deleterandom",
        "readrandom", "readrandom@2", "snapread", "readmissing", "readhot", "readwhilewriting",
        "readwhilewriting-max", "seekrandom", "revseek", "readseq", "readreverse",
        "ycsba", "ycsbb", "ycsbc", "ycsbd", "ycsbe", "ycsbf", "reopen",
    ];

    /// <summary>The name of all workloads of transactions together, each with 1, 2, 8 and 64 callers.</summary>
    private const string TransactionSet = "transactions";

    /// <summary>What a tiny run runs: every workload, those of transactions alone and side by side.</summary>
    public static IReadOnlyList<string> TinySet { get; } = [.. CoreSet, .. TransactionLabels(1, 8)];

    /// <summary>The workloads of a set, or the one that is named.</summary>
    public static IEnumerable<string> Expand(string label) =>
        label == TransactionSet ? TransactionLabels(1, 2, 8, 64) : [label];

    /// <summary>Splits <c>name@threads</c>; a name may have an <c>@</c> of its own, as <c>tx-rmw@sync</c>.</summary>
    public static (Workload Workload, int Threads) Find(string label, int threadsByDefault)
    {
        var at = label.LastIndexOf('@');
        var hasThreads = int.TryParse(label.AsSpan(at + 1), CultureInfo.InvariantCulture, out var asked) && at >= 0;
        var name = hasThreads ? label[..at] : label;
        var threads = hasThreads ? asked : threadsByDefault;
        var workload = All.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new ArgumentException(
                $"unknown workload '{name}'; there are {string.Join(", ", All.Select(candidate => candidate.Name))}");
        return threads is >= 1 and <= 64
            ? (workload, threads)
            : throw new ArgumentException($"'{label}': between 1 and 64 threads, not {threads}");
    }

    private static IEnumerable<string> TransactionLabels(params int[] callers) =>
        from workload in All.OfType<TransactionWorkload>()
        from count in workload.Unit == "ms" ? [1] : callers
        select count == 1 ? workload.Name : $"{workload.Name}@{count}";

    private static IEnumerable<TransactionWorkload> Transactions(bool isDurable)
    {
        var when = isDurable ? ", each durable against power loss" : "";
        yield return new UpdateWorkload("tx-rmw", "transactions that read a key and write it" + when, 1, isDurable);
        yield return new UpdateWorkload("tx-10", "transactions that read 10 keys and write them" + when, 10, isDurable);
        yield return new BlindWriteWorkload("tx-write1", "transactions that write a key" + when, 1, isDurable);
        yield return new BlindWriteWorkload("tx-write10", "transactions that write 10 keys" + when, 10, isDurable);
        yield return new BlindWriteWorkload("tx-write100", "transactions that write 100 keys" + when, 100, isDurable);
        yield return new UpdateWorkload("tx-mix", "90% read 10 keys, 10% read and write 10" + when, 10, isDurable)
        {
            ReadOnlyPercent = 90,
        };
        yield return new UpdateWorkload("tx-bank10", "transfers among 10 accounts" + when, 2, isDurable)
        {
            Accounts = 10,
        };
        yield return new UpdateWorkload("tx-bank1m", "transfers among a million accounts" + when, 2, isDurable)
        {
            Accounts = 1_000_000,
        };
    }
}
