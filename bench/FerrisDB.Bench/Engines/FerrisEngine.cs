using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>FerrisDB's storage engine through its public interface.</summary>
internal sealed class FerrisEngine : IBenchedEngine
{
    private const int WriteBuffersMax = 4;
    private const int IdlePollMs = 1;
    private const double BytesPerKilobyte = 1000;

    private readonly StorageEngine _engine;
    private readonly int _valueLength;

    public FerrisEngine(StorageEngine engine) => _engine = engine;

    private FerrisEngine(string folder, EngineSettings settings)
        : this(StorageEngine.Open(folder, OptionsOf(settings))) => _valueLength = settings.ValueLength;

    public static EngineDescription Description { get; } =
        new(Ratios.Subject, (folder, settings) => settings.IsTransactional
            ? new FerrisDatabaseEngine(folder, settings)
            : new FerrisEngine(folder, settings))
        {
            Version = () => typeof(StorageEngine).Assembly.GetName().Version?.ToString(3) ?? "",
            Notes = "its defaults: LZ4 on all levels, bloom filter of 10 bits, blocks of 16 KB or, if the "
                + "cache is too small, 8; one budget of the cache and four write buffers; none: the log is written "
                + "when its buffer is full",
        };

    /// <summary>The engine alone, beside the transactions that are built on it.</summary>
    public static EngineDescription Alone { get; } =
        new(Ratios.EngineAlone, (folder, settings) => new FerrisEngine(folder, settings))
        {
            Version = Description.Version,
            Notes = "FerrisDB's storage engine alone: the same gets and one batch per transaction, not isolated",
            Runs = workload => workload is TransactionWorkload { NeedsIsolation: false },
        };

    /// <summary>The same memory as RocksDB's: its cache, and as many write buffers, of which one is active.</summary>
    public static StorageOptions OptionsOf(EngineSettings settings)
    {
        var options = new StorageOptions
        {
            Durability = DurabilityOf(settings.Durability),
            MemoryBudgetBytes = settings.CacheBytes + (WriteBuffersMax * settings.MemTableBytes),
            MemTableBytes = settings.MemTableBytes,
            SealedMemTablesMax = WriteBuffersMax - 1,
        };
        return settings.BlockBytes == 0 ? options : options with { BlockSizeBytes = settings.BlockBytes };
    }

    public IEngineSession NewSession() => new FerrisSession(_engine, snapshot: null)
    {
        Transactions = new FerrisBatches(_engine, _valueLength),
    };

    public void Settle()
    {
        _engine.FlushAsync().AsTask().GetAwaiter().GetResult();
        while (!_engine.Tree.Compactions.IsIdle || _engine.Tree.ObsoleteFileCount > 0)
        {
            _engine.Tree.ThrowIfFailed();
            Thread.Sleep(IdlePollMs);
        }
    }

    public bool IsLog(string relativePath) => relativePath.EndsWith(".wal", StringComparison.Ordinal);

    public long BytesWrittenCorrection() =>
        _engine.Parts.Wal is { } wal ? wal.MappedBytes - wal.ReservedBytes : 0;

    public TimeSpan? LongestDelay => _engine.Tree.Stall.LongestWait;

    public double? SpaceAmplification => _engine.GetStatistics().SpaceAmplification;

    public long? MemoryBudgetBytes => _engine.Options.MemoryBudgetBytes;

    public IReadOnlyDictionary<string, double> ReadCounters()
    {
        var statistics = _engine.GetStatistics();
        var (reads, writes) = (statistics.Reads, statistics.Writes);
        return new Dictionary<string, double>
        {
            // Of gets alone, one in so many of which is looked at.
            ["MemTables"] = reads.MemTables * ReadSampler.Interval,
            ["filters"] = reads.Tables * ReadSampler.Interval,
            ["blocks"] = reads.Blocks * ReadSampler.Interval,
            ["missed"] = reads.MissedBlocks * ReadSampler.Interval,
            ["fills"] = statistics.BlockCache.Fills,
            ["evictions"] = statistics.BlockCache.Evictions,
            ["log kB"] = writes.LogBytes / BytesPerKilobyte,
            ["flush kB"] = writes.FlushBytes / BytesPerKilobyte,
            ["compaction kB"] = writes.CompactionWrittenBytes / BytesPerKilobyte,
            [CellResult.SyncCounter] = _engine.Parts.Wal?.SyncCount ?? 0,
            ["stalls"] = statistics.WriteStall.Waits,
            ["stall us"] = statistics.WriteStall.Waited.TotalMicroseconds,
        };
    }

    public void Dispose() => _engine.Dispose();

    private static Durability DurabilityOf(BenchDurability durability) => durability switch
    {
        BenchDurability.Sync => Durability.Sync,
        BenchDurability.Process => Durability.Process,
        _ => Durability.None,
    };
}
