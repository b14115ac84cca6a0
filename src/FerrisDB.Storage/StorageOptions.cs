namespace FerrisDB.Storage;

/// <summary>
/// Every limit and default of the engine, with its unit and its reason. Immutable once the engine is open.
/// </summary>
public sealed record StorageOptions
{
    private const long MiB = 1L << 20;
    private const int CachedBlockSizeBytes = 16 << 10;
    private const int UncachedBlockSizeBytes = 8 << 10;

    /// <summary>Creates the folder when it does not exist. Default: true.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>
    /// Opens for reading alone, under a shared lock: the log is replayed into memory and nothing is written. Refused
    /// while a writer has the folder. Default: false.
    /// </summary>
    public bool ReadOnly { get; init; }

    /// <summary>What an acknowledged write survives, unless a write says otherwise. Default: power loss.</summary>
    public Durability Durability { get; init; } = Durability.Sync;

    /// <summary>
    /// Bytes of memory for MemTables, cached blocks, table indexes, filters and I/O buffers together. Default: a
    /// quarter of the memory that this process may use (the container's limit, if any), at least 64 MiB, at most 1 GiB.
    /// </summary>
    public long MemoryBudgetBytes { get; init; } = DefaultMemoryBudgetBytes();

    /// <summary>
    /// Bytes of a MemTable before it is sealed and flushed; 0 takes a fifth of the budget, at most 64 MiB: larger ones
    /// make fewer, larger L0 tables but lengthen recovery.
    /// </summary>
    public long MemTableBytes { get; init; }

    /// <summary>How MemTables keep their entries in order. Default: a B+tree, the fastest to write and read.</summary>
    public MemTableStructure MemTableStructure { get; init; } = MemTableStructure.BTree;

    /// <summary>Sealed MemTables that may wait for their flush before writers are stopped. Default: 2.</summary>
    public int SealedMemTablesMax { get; init; } = 2;

    /// <summary>Keys beyond this many bytes are refused. Default: FoundationDB's 10,000.</summary>
    public int KeySizeLimitBytes { get; init; } = 10_000;

    /// <summary>Values beyond this many bytes are refused. Default: FoundationDB's 100,000.</summary>
    public int ValueSizeLimitBytes { get; init; } = 100_000;

    /// <summary>
    /// Uncompressed bytes of a data block, the unit of reading and caching; 0, the default, decides for each new table:
    /// 16 KiB while all tables fit the block cache, and 8 KiB beyond, where most reads find no block in the cache
    /// and pay for every byte of the one that they want.
    /// </summary>
    public int BlockSizeBytes { get; init; }

    /// <summary>
    /// Bits of bloom filter for each key; 0 writes no filter. Default: 10, about 1 % false positives.
    /// </summary>
    public int FilterBitsPerKey { get; init; } = 10;

    /// <summary>
    /// Compression of L0, L1, L2 and so on; deeper levels take the last one's. Default: LZ4 for all. Fills are as fast
    /// as without, because the disk gets a quarter less, and a table moves down a level without being rewritten.
    /// </summary>
    public IReadOnlyList<Compression> CompressionPerLevel { get; init; } = [Compression.Lz4];

    /// <summary>
    /// Values of this many bytes or more are stored apart from the tree, in blobs, so that compaction does not copy
    /// them again and again; 0 keeps all values in the tree. Default: 3 KiB: from there on gets gain more than long
    /// scans lose.
    /// </summary>
    public int LargeValueBytesMin { get; init; } = 3 << 10;

    /// <summary>Bytes of a blob before a flush or compaction begins the next one. Default: 256 MiB.</summary>
    public long BlobSizeBytes { get; init; } = 256 * MiB;

    /// <summary>
    /// A blob of which less than this share is still referred to is emptied: compactions move what is left into a new
    /// one. More saves space, less saves writes; 0 waits until nothing is left. Default: 0.5.
    /// </summary>
    public double BlobLiveRatioMin { get; init; } = 0.5;

    /// <summary>Bytes of a table before a compaction begins the next one. Default: 32 MiB.</summary>
    public long TableSizeBytes { get; init; } = 32 * MiB;

    /// <summary>How many times larger each level may be than the one above it. Default: 10.</summary>
    public int LevelSizeMultiplier { get; init; } = 10;

    /// <summary>Bytes of L1 before it is compacted into the next level. Default: 256 MiB.</summary>
    public long L1SizeBytes { get; init; } = 256 * MiB;

    /// <summary>L0 tables that start a compaction. Default: 4.</summary>
    public int L0CompactionTrigger { get; init; } = 4;

    /// <summary>L0 tables from which on writers are slowed down, smoothly. Default: 12.</summary>
    public int L0SlowdownTables { get; init; } = 12;

    /// <summary>L0 tables at which writers stop until compaction has caught up. Default: 24.</summary>
    public int L0StopTables { get; init; } = 24;

    /// <summary>
    /// Bytes that compactions must still read, by estimate, from which on writers are slowed down, smoothly. Default:
    /// 32 GiB, some minutes of work: less would slow down a burst into a large tree, whose every byte passes several
    /// levels and takes along ten of each.
    /// </summary>
    public long CompactionDebtSlowdownBytes { get; init; } = 32 * 1024 * MiB;

    /// <summary>
    /// Bytes that compactions must still read at which writers are at their slowest, 1 MiB a second: this bounds the
    /// space that superseded versions take. Writers never stop for it. Default: 128 GiB.
    /// </summary>
    public long CompactionDebtLimitBytes { get; init; } = 128 * 1024 * MiB;

    /// <summary>
    /// Compactions that may run at once, on disjoint tables. Default: 2 with more than two processors, else 1: the
    /// flush and the writers want one too.
    /// </summary>
    public int CompactionsMax { get; init; } = Environment.ProcessorCount > 2 ? 2 : 1;

    /// <summary>Bytes per second that flush and compaction may write; 0 is unlimited. Default: 0.</summary>
    public long CompactionBytesPerSecond { get; init; }

    /// <summary>
    /// Bytes per second that the scrub may read: it goes over all tables and blobs in the background, in search of
    /// damage that no reader has met; 0 switches it off. The first round begins five minutes after opening. Default:
    /// 1 MiB, which is 84 GiB a day and a hundredth of what a disk can.
    /// </summary>
    public long ScrubBytesPerSecond { get; init; } = MiB;

    /// <summary>
    /// From the end of a scrub's round to the next one, from a second to 40 days. Default: a day.
    /// </summary>
    public TimeSpan ScrubPause { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Table files that are kept open, and blobs as many again. Default: 512.</summary>
    public int OpenTablesMax { get; init; } = 512;

    /// <summary>Bytes of the first log segment; each next one doubles up to the largest. Default: 256 KiB.</summary>
    public long WalSegmentFirstBytes { get; init; } = 256 << 10;

    /// <summary>Bytes of a log segment at most, except for a batch that is larger than that. Default: 64 MiB.</summary>
    public long WalSegmentLargestBytes { get; init; } = 64 * MiB;

    /// <summary>
    /// Writes stop with <see cref="ErrorCode.DiskFull"/> when less than this many bytes are free on the disk, so that
    /// what is under way can still be finished. Default: 64 MiB.
    /// </summary>
    public long FreeDiskBytesMin { get; init; } = 64 * MiB;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The disk; null is the real one.</summary>
    internal IFileSystem? FileSystem { get; init; }

    /// <summary>Runs background work; null is a pair of threads that the engine owns.</summary>
    internal IScheduler? Scheduler { get; init; }

    /// <summary>Seeds the heights of skip-list nodes: the same seed and operations give the same structure.</summary>
    internal ulong Seed { get; init; } = 0x9E3779B97F4A7C15;

    internal long EffectiveMemTableBytes =>
        MemTableBytes > 0 ? MemTableBytes : Math.Clamp(MemoryBudgetBytes / 5, 64 << 10, 64 * MiB);

    /// <summary>
    /// What the budget leaves for blocks once all MemTables and an allowance for buffers are taken off.
    /// </summary>
    internal long EffectiveBlockCacheBytes =>
        Math.Max(1 * MiB, MemoryBudgetBytes - (EffectiveMemTableBytes * (SealedMemTablesMax + 1)) - (4 * MiB));

    /// <param name="tableBytes">Of all tables of the database.</param>
    internal int EffectiveBlockSizeBytes(long tableBytes) =>
        BlockSizeBytes > 0 ? BlockSizeBytes
        : tableBytes <= EffectiveBlockCacheBytes ? CachedBlockSizeBytes
        : UncachedBlockSizeBytes;

    internal Compression CompressionOf(int level) =>
        CompressionPerLevel.Count == 0
            ? Compression.None
            : CompressionPerLevel[Math.Min(level, CompressionPerLevel.Count - 1)];

    /// <summary>Refuses what cannot work, naming the option, its value and its bounds.</summary>
    internal void Validate()
    {
        Check(MemoryBudgetBytes >= MiB, nameof(MemoryBudgetBytes), MemoryBudgetBytes, "at least 1 MiB");
        Check(MemTableBytes >= 0 && MemTableBytes <= 1024 * MiB, nameof(MemTableBytes), MemTableBytes, "0 to 1 GiB");
        Check(Enum.IsDefined(MemTableStructure), nameof(MemTableStructure), (long)MemTableStructure, "a known one");
        Check(SealedMemTablesMax >= 1, nameof(SealedMemTablesMax), SealedMemTablesMax, "at least 1");
        Check(KeySizeLimitBytes is >= 1 and <= 1 << 20, nameof(
            KeySizeLimitBytes), KeySizeLimitBytes, "1 byte to 1 MiB");
        Check(
            ValueSizeLimitBytes is >= 1 and <= 1 << 29,
            nameof(ValueSizeLimitBytes), ValueSizeLimitBytes, "1 byte to 512 MiB");
        Check(
            BlockSizeBytes is 0 or >= 64 and <= 1 << 22, nameof(BlockSizeBytes), BlockSizeBytes,
            "0 or 64 bytes to 4 MiB");
        Check(FilterBitsPerKey is >= 0 and <= 32, nameof(FilterBitsPerKey), FilterBitsPerKey, "0 to 32");
        Check(
            LargeValueBytesMin is 0 or >= 32,
            nameof(LargeValueBytesMin), LargeValueBytesMin, "0 or at least 32 bytes");
        Check(BlobSizeBytes >= 1024, nameof(BlobSizeBytes), BlobSizeBytes, "at least 1 KiB");
        if (!(BlobLiveRatioMin is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(BlobLiveRatioMin), BlobLiveRatioMin,
                "StorageOptions.BlobLiveRatioMin must be 0 to less than 1.");
        Check(TableSizeBytes >= 1024, nameof(TableSizeBytes), TableSizeBytes, "at least 1 KiB");
        Check(LevelSizeMultiplier >= 2, nameof(LevelSizeMultiplier), LevelSizeMultiplier, "at least 2");
        Check(L1SizeBytes >= 1024, nameof(L1SizeBytes), L1SizeBytes, "at least 1 KiB");
        Check(L0CompactionTrigger >= 1, nameof(L0CompactionTrigger), L0CompactionTrigger, "at least 1");
        Check(
            L0SlowdownTables > L0CompactionTrigger,
            nameof(L0SlowdownTables), L0SlowdownTables, "more than L0CompactionTrigger");
        Check(L0StopTables > L0SlowdownTables, nameof(L0StopTables), L0StopTables, "more than L0SlowdownTables");
        Check(
            CompactionDebtSlowdownBytes >= 1,
            nameof(CompactionDebtSlowdownBytes), CompactionDebtSlowdownBytes, "at least 1");
        Check(
            CompactionDebtLimitBytes > CompactionDebtSlowdownBytes,
            nameof(CompactionDebtLimitBytes), CompactionDebtLimitBytes, "more than CompactionDebtSlowdownBytes");
        Check(CompactionsMax is >= 1 and <= 64, nameof(CompactionsMax), CompactionsMax, "1 to 64");
        Check(ScrubBytesPerSecond >= 0, nameof(ScrubBytesPerSecond), ScrubBytesPerSecond, "at least 0");
        Check(
            ScrubPause >= TimeSpan.FromSeconds(1) && ScrubPause <= TimeSpan.FromDays(40),
            nameof(ScrubPause), (long)ScrubPause.TotalSeconds, "1 s to 40 days");
        Check(OpenTablesMax >= 1, nameof(OpenTablesMax), OpenTablesMax, "at least 1");
        Check(WalSegmentFirstBytes >= 4096, nameof(WalSegmentFirstBytes), WalSegmentFirstBytes, "at least 4 KiB");
        Check(
            WalSegmentLargestBytes >= WalSegmentFirstBytes,
            nameof(WalSegmentLargestBytes), WalSegmentLargestBytes, "at least WalSegmentFirstBytes");
    }

    private static void Check(bool isValid, string option, long value, string bounds)
    {
        if (!isValid)
            throw new ArgumentOutOfRangeException(option, value, $"StorageOptions.{option} must be {bounds}.");
    }

    private static long DefaultMemoryBudgetBytes() =>
        Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, 64 * MiB, 1024 * MiB);
}
