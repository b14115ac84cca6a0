namespace FerrisDB.Cli;

/// <summary>What a benchmark works on.</summary>
internal sealed record BenchSettings
{
    public required long Entries { get; init; }

    public required int ValueBytes { get; init; }

    public required int Threads { get; init; }

    public required Durability Durability { get; init; }

    public required int Seed { get; init; }
}
