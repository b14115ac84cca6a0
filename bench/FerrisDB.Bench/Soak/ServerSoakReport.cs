using System.Text.Json;

namespace FerrisDB.Bench;

/// <summary>All that a soak of a server saw, and what is judged of it.</summary>
internal sealed record ServerSoakReport
{
    // A change over the whole run that is above its noise and above this is no accident.
    private const double ThroughputFallMax = 0.1;
    private const double LatencyRiseMax = 0.25;
    private const double MemoryRiseMax = 0.1;

    // Pages of MemTables stay with the process once they were full: before, memory grows with the first writes.
    private const double MemoryMinutesMin = 20;

    private const int StretchesOfRun = 20;

    public required MachineFacts Machine { get; init; }

    public required ServerSoakOptions Options { get; init; }

    public required IReadOnlyList<ServerSoakSample> Samples { get; init; }

    public Trend Throughput => Of(sample => sample.TransactionsPerSecond);

    public Trend P99 => Of(sample => sample.P99Us);

    /// <summary>
    /// Without the most that was cached so far: blocks fill up to the memory budget, and are meant to. When fewer are
    /// cached again, the cache keeps the memory for the next ones.
    /// </summary>
    public Trend ServerMemory => Of(BesideCache);

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
            if (!IsMemoryJudged)
                return broken;
            if (ServerMemory.Change > Math.Max(MemoryRiseMax, ServerMemory.Noise))
                broken.Add($"the server's memory grows: {ServerMemory}");
            if (ClientMemory.Change > Math.Max(MemoryRiseMax, ClientMemory.Noise))
                broken.Add($"the clients' memory grows: {ClientMemory}");
            return broken;
        }
    }

    /// <summary>Why clients were limited, and in how many samples.</summary>
    public string Limits
    {
        get
        {
            var limited = Samples.Where(sample => sample.LimitedBy.Length > 0).ToList();
            var reasons = string.Join("; ", limited.Select(sample => sample.LimitedBy).Distinct());
            return limited.Count == 0 ? "never" : $"in {limited.Count} of {Samples.Count} samples ({reasons})";
        }
    }

    /// <summary>False if the run was too short to say anything about memory.</summary>
    public bool IsMemoryJudged => Options.Minutes >= MemoryMinutesMin;

    private IEnumerable<ServerSoakSample> Settled
    {
        get
        {
            var warmUp = Math.Min(Options.WarmUpMinutes, Options.Minutes / 4) * 60;
            return Samples.Where(sample => sample.Seconds > warmUp);
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
            ("of it not of the cache, MB", sample => BesideCache(sample) / 1e6),
            ("anonymous memory of the clients, MB", sample => sample.ClientBytes / 1e6),
        ];
        return PanelPlot.Draw(
            [.. Samples.Select(sample => sample.Seconds)],
            [.. panels.Select(panel => (panel.Title, Samples.Select(panel.Figure).ToArray(), 0.0))]);
    }

    public string ToText() => string.Join(Environment.NewLine, [
        Figures.Invariant($"{Settled.Average(sample => sample.TransactionsPerSecond):#,##0} transactions a second"),
        $"over the run: transactions a second {Throughput}; p99 {P99}",
        $"memory: the server's beside its cache {ServerMemory}; the clients' {ClientMemory}"
            + (IsMemoryJudged ? "" : $" (not judged in less than {MemoryMinutesMin} minutes)"),
        $"the server limited its clients: {Limits}",
        .. Broken.Count == 0 ? ["all is well"] : Broken.Select(broken => "FAILED " + broken),
        ""]);

    private double BesideCache(ServerSoakSample sample) => sample.ServerBytes
        - Samples.TakeWhile(each => each.Seconds <= sample.Seconds).Max(each => each.ServerCacheBytes);

    // Of medians: what others do to the machine now and then is not what is looked for.
    private Trend Of(Func<ServerSoakSample, double> figure)
    {
        var values = Settled.Select(figure).ToList();
        return Trend.Of([.. values.Chunk(Math.Max(1, values.Count / StretchesOfRun)).Select(Median)]);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
