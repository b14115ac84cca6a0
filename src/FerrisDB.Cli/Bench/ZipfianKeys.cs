namespace FerrisDB.Cli;

/// <summary>
/// Picks numbers of which few are picked often: the one of rank r about 1/r^0.99 as often as the first.
/// </summary>
/// <remarks>
/// Gray et al., "Quickly Generating Billion-Record Synthetic Databases" (1994), as YCSB uses it. Ranks are scattered
/// over the numbers, so that hot ones are not neighbours. Immutable.
/// </remarks>
internal sealed class ZipfianKeys
{
    private const double Skew = 0.99;
    private const ulong Scatter = 0x9E37_79B9_7F4A_7C15;

    private readonly long _count;
    private readonly double _zeta;
    private readonly double _eta;

    public ZipfianKeys(long count)
    {
        _count = count;
        _zeta = Zeta(count);
        _eta = (1 - Math.Pow(2.0 / count, 1 - Skew)) / (1 - (Zeta(2) / _zeta));
    }

    /// <summary>A number below the count.</summary>
    /// <param name="uniform">A random number from 0 to 1.</param>
    public long Pick(double uniform)
    {
        var rank = RankOf(uniform);
        return (long)(((ulong)(rank + 1) * Scatter) % (ulong)_count);
    }

    private long RankOf(double uniform)
    {
        var scaled = uniform * _zeta;
        if (scaled < 1)
            return 0;
        if (scaled < 1 + Math.Pow(0.5, Skew))
            return 1;
        return Math.Min(_count - 1, (long)(_count * Math.Pow((_eta * uniform) - _eta + 1, 1 / (1 - Skew))));
    }

    private static double Zeta(long count)
    {
        var sum = 0.0;
        for (var rank = 1L; rank <= count; rank++)
            sum += 1 / Math.Pow(rank, Skew);
        return sum;
    }
}
