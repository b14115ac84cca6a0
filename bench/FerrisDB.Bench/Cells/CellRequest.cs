namespace FerrisDB.Bench;

/// <summary>One measurement of one workload on one engine: all that its process has to know.</summary>
internal sealed record CellRequest
{
    public required string Engine { get; init; }

    /// <summary>The workload's name, without threads.</summary>
    public required string Workload { get; init; }

    public required CellPhase Phase { get; init; }

    public required int Threads { get; init; }

    public required long Entries { get; init; }

    public required int ValueSize { get; init; }

    public required KeyStyle KeyStyle { get; init; }

    public required BenchDurability Durability { get; init; }

    public required int CacheMb { get; init; }

    public required int MemTableMb { get; init; }

    /// <summary>0 leaves it to the engine.</summary>
    public int BlockKb { get; init; }

    /// <summary>The timed part ends after so many seconds, if not before.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// The same load runs untimed for so long before, so that the compiler's tiers and the caches have settled.
    /// </summary>
    public required double WarmUpSeconds { get; init; }

    public required ulong Seed { get; init; }

    public required int Round { get; init; }

    /// <summary>
    /// Wait for the disk before and after, to count what it was given; costs seconds on a busy machine.
    /// </summary>
    public required bool WatchesDisk { get; init; }

    /// <summary>The database, in a folder of this cell alone unless the workload reads the loaded one.</summary>
    public required string Folder { get; init; }

    /// <summary>The loaded and settled database that read cells use and others copy.</summary>
    public required string LoadedFolder { get; init; }

    /// <summary>The workload with its threads, as the command line and the reports name it.</summary>
    public string Label => Threads == 1 ? Workload : $"{Workload}@{Threads}";

    public EngineSettings ToSettings(Workload workload) => new()
    {
        Durability = workload.Synced ? BenchDurability.Sync : Durability,
        CacheBytes = (long)CacheMb << 20,
        MemTableBytes = (long)MemTableMb << 20,
        BlockBytes = BlockKb << 10,
        Threads = Threads,
        IsTransactional = workload is TransactionWorkload,
        KeyLength = new KeySpace(Entries, KeyStyle).KeyLength,
        ValueLength = ValueSize,
        EntriesMax = 2 * Entries,
    };
}
