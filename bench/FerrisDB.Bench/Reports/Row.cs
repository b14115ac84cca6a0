namespace FerrisDB.Bench;

/// <summary>All rounds of one workload.</summary>
internal sealed class Row
{
    private readonly Dictionary<string, Sample> _samples;

    private Row(string label, IEnumerable<CellResult> results)
    {
        Label = label;
        Workload = WorkloadCatalog.Find(label, 1).Workload;
        _samples = results
            .GroupBy(result => result.Engine)
            .ToDictionary(group => group.Key, group => new Sample([.. group]));
    }

    /// <summary>The workload, with its threads if there are several.</summary>
    public string Label { get; }

    public Workload Workload { get; }

    public bool LowerIsBetter => Workload.Unit == "ms";

    public bool CountsTransactions => Workload is TransactionWorkload && !LowerIsBetter;

    public static IReadOnlyList<Row> Of(BenchReport report) =>
        [.. report.Results
            .Where(result => result.Round > 0)
            .GroupBy(result => result.Workload)
            .Select(group => new Row(group.Key, group))];

    /// <summary>The rounds of one engine; null if it was not run.</summary>
    public Sample? this[string engine] => _samples.GetValueOrDefault(engine);

    /// <summary>
    /// The engine with the best median among those that compete with the subject; null if there is none.
    /// </summary>
    public string? BestPeer(string subject)
    {
        var peers = _samples.Where(pair => pair.Key != subject && Ratios.Competes(pair.Key) && pair.Value.HasFigure);
        var best = LowerIsBetter ? peers.OrderBy(Median) : peers.OrderByDescending(Median);
        return best.Select(pair => pair.Key).FirstOrDefault();

        static double Median(KeyValuePair<string, Sample> pair) => pair.Value.Median(result => result.Figure);
    }

    /// <summary>
    /// How many times better <paramref name="engine"/> is than <paramref name="other"/>: the median over the rounds of
    /// each round's ratio, which a slow round of the whole machine does not move. Null if one of them has no figure.
    /// </summary>
    public double? RatioOf(string engine, string? other)
    {
        if (other is null || this[engine] is not { } ours || this[other] is not { } theirs)
            return null;
        var ratios =
            from our in ours.Figures
            join their in theirs.Figures on our.Round equals their.Round
            select LowerIsBetter ? their.Figure / our.Figure : our.Figure / their.Figure;
        return Sample.MedianOf([.. ratios]);
    }
}
