namespace FerrisDB.Bench;

/// <summary>
/// What the project asks of its transactions, and whether a run reached it. On a busy machine none is.
/// </summary>
internal static class TransactionGoals
{
    private const double WritesOfEngine = 0.7;
    private const double ReadsOfEngine = 0.8;
    private const double CommitsPerSync = 30;
    private const int CallersOfSync = 64;
    private const double ShortMs = 1;
    private const double Slowdown = 2;

    public static IEnumerable<string> On(BenchReport report) =>
        from row in Row.Of(report)
        let sample = row[Ratios.Subject]
        where row.Workload is TransactionWorkload && sample is { HasFigure: true }
        from goal in Of(row, sample)
        select $"{row.Label}: {goal}";

    private static IEnumerable<string> Of(Row row, Sample sample)
    {
        var ratio = row.RatioOf(Ratios.Subject, Ratios.EngineAlone);
        if (ratio is { } ofEngine && row.Workload is BlindWriteWorkload { Synced: false })
            yield return AtLeast(ofEngine, WritesOfEngine, "of the engine's own batches");
        if (ratio is { } ofReads && row.Workload is ReadOnlyWorkload)
            yield return AtLeast(ofReads, ReadsOfEngine, "of the engine's own reads");
        if (row.Workload.Synced && row.Label.EndsWith($"@{CallersOfSync}", StringComparison.Ordinal))
            yield return AtLeast(sample.Median(r => r.CommitsPerSync), CommitsPerSync, "commits for each fsync");
        if (!row.LowerIsBetter)
            yield break;
        yield return AtMost(sample.Median(r => r.Figure), ShortMs, "ms");
        if (row.Workload is ClearRangeWorkload)
        {
            yield return AtMost(sample.Median(r => r.Slowdown), Slowdown, "times as long for a read afterwards");
            yield return Figures.Invariant($"a scan that finds nothing takes {sample.Median(r => r.ScanMs):0.000} ms");
        }
    }

    private static string AtLeast(double figure, double goal, string what) =>
        Figures.Invariant($"{figure:0.00} {what}; the goal is {goal:0.##}: {(figure >= goal ? "met" : "MISSED")}");

    private static string AtMost(double figure, double goal, string what)
    {
        var verdict = figure < goal ? "met" : "MISSED";
        return Figures.Invariant($"{figure:0.000} {what}; the goal is below {goal:0.##}: {verdict}");
    }
}
