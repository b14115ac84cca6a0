namespace FerrisDB.Bench;

/// <summary>What one soak does.</summary>
internal sealed record SoakOptions
{
    public string Engine { get; init; } = Ratios.Subject;

    public long Entries { get; init; } = 20_000_000;

    public int ValueSize { get; init; } = 100;

    public double Minutes { get; init; } = 20;

    /// <summary>How often a sample is taken.</summary>
    public double SampleSeconds { get; init; } = 10;

    public int Threads { get; init; } = 1;

    public int CacheMb { get; init; } = 256;

    public int MemTableMb { get; init; } = 64;

    public KeyStyle KeyStyle { get; init; } = KeyStyle.Random16;

    public BenchDurability Durability { get; init; } = BenchDurability.Process;

    public string Data { get; init; } = "artifacts/bench-data";

    public double Seconds => Minutes * 60;

    public CellRequest ToCell(string folder) => new()
    {
        Engine = Engine,
        Workload = "soak",
        Phase = CellPhase.Measure,
        Threads = Threads,
        Entries = Entries,
        ValueSize = ValueSize,
        KeyStyle = KeyStyle,
        Durability = Durability,
        CacheMb = CacheMb,
        MemTableMb = MemTableMb,
        Seconds = Seconds,
        WarmUpSeconds = 0,
        Seed = 1,
        Round = 1,
        WatchesDisk = false,
        Folder = folder,
        LoadedFolder = folder,
    };
}
