namespace FerrisDB.Bench;

/// <summary>What every engine is given alike; each adapter translates it as well as its engine allows.</summary>
internal sealed record EngineSettings
{
    public required BenchDurability Durability { get; init; }

    /// <summary>Bytes for cached blocks or pages.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Bytes of one write buffer; an engine may keep four of them.</summary>
    public required long MemTableBytes { get; init; }

    /// <summary>Bytes of a data block before compression, where there are such; 0 is the engine's own choice.</summary>
    public int BlockBytes { get; init; }

    /// <summary>
    /// Threads that will use the database at once, for engines that divide their cache among connections.
    /// </summary>
    public required int Threads { get; init; }

    /// <summary>The workload runs transactions, for engines that are opened in another way for them.</summary>
    public bool IsTransactional { get; init; }

    public required int KeyLength { get; init; }

    public required int ValueLength { get; init; }

    /// <summary>How many entries the database may come to hold, for engines that must be told a maximum size.</summary>
    public required long EntriesMax { get; init; }
}
