namespace FerrisDB.Bench;

/// <summary>Judges what must hold however long a database is used.</summary>
internal static class SoakVerdict
{
    /// <summary>Superseded versions and what compaction has not reached yet, beside what is needed.</summary>
    public const double SpaceAmplificationMax = 1.3;

    // A change over the whole run that is above its noise and above this is no accident.
    private const double ThroughputFallMax = 0.1;
    private const double LatencyRiseMax = 0.25;

    public static IEnumerable<string> On(SoakReport report)
    {
        var (throughput, latency) = (report.Throughput, report.P999);
        if (-throughput.Change > Math.Max(ThroughputFallMax, throughput.Noise))
            yield return $"operations a second fall over the run: {throughput}";
        if (latency.Change > Math.Max(LatencyRiseMax, latency.Noise))
            yield return $"p99.9 rises over the run: {latency}";
        if (report.Samples.Count == 0)
            yield break;
        var space = report.Samples.Max(sample => sample.SpaceAmplification);
        if (space > SpaceAmplificationMax)
            yield return Figures.Invariant($"space amplification {space:0.00}, above {SpaceAmplificationMax:0.0}");
        var promises = Verdict.On(new CellResult
        {
            Engine = report.Options.Engine,
            Workload = "soak",
            Round = 1,
            LongestDelayMs = report.Samples.Max(sample => sample.LongestDelayMs),
            MemoryBudgetBytes = report.MemoryBudgetBytes,
            PeakAnonymousBytes = report.Samples.Max(sample => sample.AnonymousBytes),
        });
        foreach (var broken in promises)
            yield return broken;
    }
}
