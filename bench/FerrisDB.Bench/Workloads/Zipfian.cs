namespace FerrisDB.Bench;

/// <summary>
/// Draws ranks in which rank 0 is the most frequent, rank 1 the next, with YCSB's skew of 0.99: about a tenth of the
/// draws fall on the ten most frequent of a million.
/// </summary>
/// <remarks>After Gray et al., "Quickly generating billion-record synthetic databases", SIGMOD 1994.</remarks>
internal sealed class Zipfian
{
    private const double Theta = 0.99;

    private readonly long _count;
    private readonly double _zeta;
    private readonly double _eta;
    private readonly double _secondRank;

    public Zipfian(long count)
    {
        _count = count;
        _zeta = Zeta(count);
        _eta = (1 - Math.Pow(2.0 / count, 1 - Theta)) / (1 - (Zeta(2) / _zeta));
        _secondRank = 1 + Math.Pow(0.5, Theta);
    }

    /// <summary>A rank in [0, count).</summary>
    public long Rank(RandomSource random)
    {
        var fraction = random.Fraction();
        var scaled = fraction * _zeta;
        if (scaled < 1)
            return 0;
        if (scaled < _secondRank)
            return 1;
        return Math.Min(_count - 1, (long)(_count * Math.Pow((_eta * fraction) - _eta + 1, 1 / (1 - Theta))));
    }

    /// <summary>An index in [0, count), with the frequent ones scattered over all of them.</summary>
    public long Index(RandomSource random) =>
        (long)Math.BigMul(RandomSource.Mix((ulong)Rank(random) + 1), (ulong)_count, out _);

    private static double Zeta(long count)
    {
        var sum = 0.0;
        for (var rank = 1L; rank <= count; rank++)
            sum += Math.Pow(rank, -Theta);
        return sum;
    }
}
