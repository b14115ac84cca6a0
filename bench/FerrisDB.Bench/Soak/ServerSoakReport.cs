using System.Text.Json;

namespace FerrisDB.Bench;

/// <summary>All that a soak of a server saw, and what is judged of it.</summary>
internal sealed record ServerSoakReport
{
    // A change over the whole run that is above its noise and above this is no accident.
    private const double ThroughputFallMax = 0.1;
    private const double LatencyRiseMax = 0.25;
    private const double MemoryRiseMax = 0.1;

    public required MachineFacts Machine { get; init; }

    public required ServerSoakOptions Options { get; init; }

    public required IReadOnlyList<ServerSoakSample> Samples { get; init; }

    public Trend Throughput => Of(sample => sample.TransactionsPerSecond);

    public Trend P99 => Of(sample => sample.P99Us);

    public Trend ServerMemory => Of(sample => sample.ServerBytes);

    public Trend ClientMemory => Of(sample => sample.ClientBytes);

    /// <summary>What was not kept; empty if all is well.</summary>
    public IReadOnlyList<string> Broken
    {
        get
        {
            List<string> broken = [];
            if (-Throughput.Change > Math.Max(ThroughputFallMax, Throughput.Noise))
                broken.Add($"transactions a second fall over the run: {Throughput}");
            if (P99.Change > Math.Max(LatencyRiseMax, P99.Noise))
                broken.Add($"p99 rises over the run: {P99}");
            if (ServerMemory.Change > Math.Max(MemoryRiseMax, ServerMemory.Noise))
                broken.Add($"the server's memory grows: {ServerMemory}");
            if (ClientMemory.Change > Math.Max(MemoryRiseMax, ClientMemory.Noise))
                broken.Add($"the clients' memory grows: {ClientMemory}");
            return broken;
        }
    }

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, BenchJson.Readable));

    public string ToSvg()
    {
        (string Title, Func<ServerSoakSample, double> Figure)[] panels =
        [
            ("transactions/s", sample => sample.TransactionsPerSecond),
            ("p50, µs", sample => sample.P50Us),
            ("p99, µs", sample => sample.P99Us),
            ("p99.9, µs", sample => sample.P999Us),
            ("anonymous memory of the server, MB", sample => sample.ServerBytes / 1e6),
            ("anonymous memory of the clients, MB", sample => sample.ClientBytes / 1e6),
        ];
        return PanelPlot.Draw(
            [.. Samples.Select(sample => sample.Seconds)],
            [.. panels.Select(panel => (panel.Title, Samples.Select(panel.Figure).ToArray(), 0.0))]);
    }

    public string ToText() => string.Join(Environment.NewLine, [
        $"over the run: transactions a second {Throughput}; p99 {P99}; the server's memory {ServerMemory}",
        .. Broken.Count == 0 ? ["all is well"] : Broken.Select(broken => "FAILED " + broken),
        ""]);

    // The first samples, in which caches fill and code is compiled, are left out.
    private Trend Of(Func<ServerSoakSample, double> figure) =>
        Trend.Of([.. Samples.Skip(Samples.Count / 10).Select(figure)]);
}
