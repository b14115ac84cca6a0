namespace FerrisDB.Bench;

/// <summary>What changed since an earlier report.</summary>
internal static class Comparison
{
    public static string Write(BenchReport before, BenchReport now)
    {
        var table = new Table("workload", "engine", "before", "now", "change", "");
        var earlier = Row.Of(before).ToDictionary(row => row.Label);
        foreach (var row in Row.Of(now))
        {
            foreach (var engine in now.Engines)
            {
                if (row[engine.Name] is { HasFigure: true } sample
                    && earlier.GetValueOrDefault(row.Label)?[engine.Name] is { HasFigure: true } old)
                {
                    table.Add([
                        row.Label,
                        engine.Name,
                        Figures.Figure(row, old),
                        Figures.Figure(row, sample),
                        .. Change(row, old, sample),
                    ]);
                }
            }
        }
        return table.IsEmpty
            ? "nothing to compare: the earlier report has none of these cells" + Environment.NewLine
            : table.ToText();
    }

    // A change that the rounds of one report already show among themselves says nothing.
    private static string[] Change(Row row, Sample old, Sample sample)
    {
        var ratio = sample.Median(result => result.Figure) / old.Median(result => result.Figure);
        if (row.LowerIsBetter)
            ratio = 1 / ratio;
        var noise = Math.Max(old.Spread, sample.Spread);
        var verdict = ratio > noise ? "better" : ratio < 1 / noise ? "WORSE" : "within the spread of the rounds";
        return [Figures.Ratio(ratio), verdict];
    }
}
