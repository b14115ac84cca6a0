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

    /// <summary>
    /// One report of several runs with the same entries and settings: the rounds of each follow those of the one
    /// before.
    /// </summary>
    public static BenchReport Merge(IReadOnlyList<BenchReport> runs)
    {
        var results = new List<CellResult>();
        var roundsBefore = 0;
        foreach (var run in runs)
        {
            foreach (var result in run.Results)
                results.Add(result with { Round = result.Round == 0 ? 0 : result.Round + roundsBefore });
            roundsBefore += run.Options.Rounds;
        }
        return runs[0] with
        {
            Options = runs[0].Options with { Rounds = roundsBefore },
            Engines = [.. runs.SelectMany(run => run.Engines).DistinctBy(engine => engine.Name)],
            Results = results,
        };
    }

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, BenchJson.Readable));
}
