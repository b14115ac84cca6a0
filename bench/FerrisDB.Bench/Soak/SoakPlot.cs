namespace FerrisDB.Bench;

/// <summary>Draws the samples of a soak.</summary>
internal static class SoakPlot
{
    private static readonly double DelayAllowedMs = Verdict.LongestDelay.TotalMilliseconds;

    public static string Draw(SoakReport report)
    {
        (string Title, Func<SoakSample, double> Figure, double Allowed)[] panels =
        [
            ("operations/s", sample => sample.OperationsPerSecond, 0),
            ("p99.9, µs", sample => sample.P999Us, 0),
            ("space amplification", sample => sample.SpaceAmplification, SoakVerdict.SpaceAmplificationMax),
            ("anonymous memory, MB", sample => sample.AnonymousBytes / 1e6, MemoryAllowed(report)),
            ("longest delay by the engine, ms", sample => sample.LongestDelayMs, DelayAllowedMs),
        ];
        return PanelPlot.Draw(
            [.. report.Samples.Select(sample => sample.Seconds)],
            [.. panels.Select(panel => (panel.Title, report.Samples.Select(panel.Figure).ToArray(), panel.Allowed))]);
    }

    private static double MemoryAllowed(SoakReport report) =>
        report.MemoryBudgetBytes == 0 ? 0 : (report.MemoryBudgetBytes + Verdict.MemoryAllowanceBytes) / 1e6;
}
