namespace FerrisDB.Bench;

/// <summary>The straight line through a series: how much it rises over the whole run, and how sure that is.</summary>
/// <param name="Change">The rise from one end to the other, as a share of the mean.</param>
/// <param name="Noise">Two standard errors of it: a smaller change says nothing.</param>
internal readonly record struct Trend(double Change, double Noise)
{
    private const int CountMin = 4;

    /// <summary>Least squares; no change and no noise if there are too few values for a line.</summary>
    public static Trend Of(IReadOnlyList<double> values)
    {
        var count = values.Count;
        var mean = count > 0 ? values.Average() : 0;
        if (count < CountMin || mean <= 0)
            return default;
        var middle = (count - 1) / 2.0;
        var spread = Enumerable.Range(0, count).Sum(index => (index - middle) * (index - middle));
        var slope = values.Select((value, index) => (index - middle) * (value - mean)).Sum() / spread;
        var errors = values
            .Select((value, index) => value - mean - (slope * (index - middle)))
            .Sum(error => error * error);
        var deviation = Math.Sqrt(errors / (count - 2) / spread);
        return new Trend(slope * (count - 1) / mean, 2 * deviation * (count - 1) / mean);
    }

    public override string ToString() => Figures.Invariant($"{Change:+0.0 %;-0.0 %} (noise {Noise:0.0 %})");
}
