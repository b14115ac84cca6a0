using System.Text.Json;

namespace FerrisDB.Bench;

/// <summary>All that a run measured; what <c>--json</c> writes and <c>--compare</c> reads.</summary>
internal sealed record BenchReport
{
    public required MachineFacts Machine { get; init; }

    public required BenchOptions Options { get; init; }

    public required IReadOnlyList<EngineFacts> Engines { get; init; }

    public required IReadOnlyList<CellResult> Results { get; init; }

    public static BenchReport Load(string path) =>
        JsonSerializer.Deserialize<BenchReport>(File.ReadAllText(path), BenchJson.Readable)
        ?? throw new ArgumentException($"{path} holds no report");

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, BenchJson.Readable));
}
