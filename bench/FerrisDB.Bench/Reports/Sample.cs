namespace FerrisDB.Bench;

/// <summary>The rounds of one workload on one engine.</summary>
internal sealed class Sample(IReadOnlyList<CellResult> rounds)
{
    /// <summary>The rounds that have a figure.</summary>
    public IReadOnlyList<CellResult> Figures { get; } = [.. rounds.Where(round => round.HasFigure)];

    public bool HasFigure => Figures.Count > 0;

    public bool Failed => rounds.Any(round => round.Error is not null);

    /// <summary>Highest over lowest figure: differences below this mean little.</summary>
    public double Spread => HasFigure ? Figures.Max(round => round.Figure) / Figures.Min(round => round.Figure) : 0;

    public double Median(Func<CellResult, double> field) => MedianOf([.. Figures.Select(field)]) ?? 0;

    public double Max(Func<CellResult, double> field) => HasFigure ? Figures.Max(field) : 0;

    public static double? MedianOf(double[] values)
    {
        if (values.Length == 0)
            return null;
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
