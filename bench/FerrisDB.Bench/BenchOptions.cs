namespace FerrisDB.Bench;

/// <summary>What one run measures.</summary>
internal sealed record BenchOptions
{
    public long Entries { get; init; } = 2_000_000;

    public int ValueSize { get; init; } = 100;

    public int Rounds { get; init; } = 5;

    public double Seconds { get; init; } = 8;

    public double WarmUpSeconds { get; init; } = 1;

    public int Threads { get; init; } = 1;

    public IReadOnlyList<string> Engines { get; init; } = [];

    public IReadOnlyList<string> Workloads { get; init; } = [];

    public int CacheMb { get; init; } = 256;

    public int MemTableMb { get; init; } = 64;

    public KeyStyle KeyStyle { get; init; } = KeyStyle.Random16;

    public BenchDurability Durability { get; init; } = BenchDurability.Process;

    /// <summary>KiB of a data block before compression, where one can choose; 0 leaves it to the engine.</summary>
    public int BlockKb { get; init; }

    public string Data { get; init; } = "artifacts/bench-data";

    /// <summary>A folder for the loaded databases, which later runs with the same entries use again.</summary>
    public string KeepLoaded { get; init; } = "";

    /// <summary>Run the rows that wait for the disk at real-time priority.</summary>
    public bool Realtime { get; init; }

    /// <summary>
    /// Every workload on a few entries, mostly in this process: shows that the benchmark runs, measures nothing.
    /// </summary>
    public bool Tiny { get; init; }

    /// <summary>The same options, small enough for a test.</summary>
    public BenchOptions ToTiny(EngineCatalog engines) => this with
    {
        Entries = 1000,
        Rounds = 1,
        Seconds = 0.1,
        WarmUpSeconds = 0,
        CacheMb = 8,
        MemTableMb = 1,
        Workloads = Workloads.Count > 0 ? Workloads : WorkloadCatalog.TinySet,
        Engines = Engines.Count > 0 ? Engines : [.. engines.All.Select(engine => engine.Name)],
        Tiny = true,
    };
}
