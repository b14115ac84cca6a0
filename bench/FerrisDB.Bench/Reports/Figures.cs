using System.Globalization;

namespace FerrisDB.Bench;

/// <summary>How numbers look in the reports.</summary>
internal static class Figures
{
    private const double Mega = 1e6;

    public static string Rate(double perSecond) => perSecond switch
    {
        >= 9.95e6 => Invariant($"{perSecond / 1e6:0.0}M"),
        >= 995_000 => Invariant($"{perSecond / 1e6:0.00}M"),
        >= 99_950 => Invariant($"{perSecond / 1e3:0}k"),
        >= 9_995 => Invariant($"{perSecond / 1e3:0.0}k"),
        _ => Invariant($"{perSecond:#,##0}"),
    };

    public static string Figure(Row row, Sample sample)
    {
        var median = sample.Median(result => result.Figure);
        if (!row.LowerIsBetter)
            return Rate(median);
        return median < 10 ? Invariant($"{median:0.000} ms") : Invariant($"{median:#,##0.0} ms");
    }

    /// <summary>p50/p99/p99.9 in microseconds, empty where nothing was timed.</summary>
    public static string Latencies(Sample sample)
    {
        var (p50, p99, p999) = (sample.Median(r => r.P50Us), sample.Median(r => r.P99Us), sample.Median(r => r.P999Us));
        return p50 > 0 ? Invariant($"{p50:0.0}/{p99:0}/{p999:0}") : "";
    }

    /// <summary>Garbage collections of each generation.</summary>
    public static string Collections(Sample sample) => string.Join(
        '/',
        Number(sample.Median(result => result.Gen0Collections)),
        Number(sample.Median(result => result.Gen1Collections)),
        Number(sample.Median(result => result.Gen2Collections)));

    public static string Ratio(double? ratio) => ratio is { } value ? Invariant($"{value:0.00}x") : "-";

    public static string Spread(Sample sample) => Invariant($"s{sample.Spread:0.00}");

    public static string Megabytes(double bytes) => Invariant($"{bytes / Mega:#,##0}");

    public static string Number(double value) => value switch
    {
        < 100 when Math.Floor(value) == value => Invariant($"{value:0}"),
        < 10 => Invariant($"{value:0.00}"),
        < 100 => Invariant($"{value:0.0}"),
        _ => Invariant($"{value:#,##0}"),
    };

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
