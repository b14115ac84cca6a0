using System.Text.Json;

namespace FerrisDB.Bench;

/// <summary>All that a soak saw, and what is judged of it.</summary>
internal sealed record SoakReport
{
    public required MachineFacts Machine { get; init; }

    public required SoakOptions Options { get; init; }

    /// <summary>The memory that the engine was told to keep to; 0 if there is no such setting.</summary>
    public required long MemoryBudgetBytes { get; init; }

    public required IReadOnlyList<SoakSample> Samples { get; init; }

    /// <summary>Of operations a second; the first samples, in which the caches fill, are left out.</summary>
    public Trend Throughput => Trend.Of([.. Settled.Select(sample => sample.OperationsPerSecond)]);

    public Trend P999 => Trend.Of([.. Settled.Select(sample => sample.P999Us)]);

    /// <summary>What was not kept; empty if all is well.</summary>
    public IReadOnlyList<string> Broken => [.. SoakVerdict.On(this)];

    private IEnumerable<SoakSample> Settled => Samples.Skip(Samples.Count / 10);

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, BenchJson.Readable));

    public string ToText()
    {
        var judged = Broken.Count == 0 ? ["all is well"] : Broken.Select(broken => "FAILED " + broken);
        return string.Join(Environment.NewLine, [
            $"operations a second over the run: {Throughput}; p99.9: {P999}",
            .. judged,
            ""]);
    }
}
