using System.Numerics;

namespace FerrisDB.Cli;

// Latencies are counted in places of which each power of two has sixteen, so a percentile is right to 6 %:
//
//     ns      0 .. 15    one place for each
//            16 .. 31    16 places of 1
//            32 .. 63    16 places of 2
//            64 .. 127   16 places of 4   and so on

/// <summary>Counts how long operations took. For one thread; others may read it meanwhile and see some of it.</summary>
internal sealed class LatencyHistogram
{
    private const int BitsKept = 4;
    private const int PlacesPerPower = 1 << BitsKept;

    private readonly long[] _counts = new long[64 * PlacesPerPower];

    public long Count => _counts.Sum();

    public void Add(long nanoseconds) => _counts[PlaceOf(nanoseconds)]++;

    /// <summary>Adds what another one counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var place = 0; place < _counts.Length; place++)
            _counts[place] += other._counts[place];
    }

    /// <summary>The time within which a share of the operations was done; zero if there were none.</summary>
    public TimeSpan Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var place = 0; place < _counts.Length; place++)
        {
            seen += _counts[place];
            if (seen >= wanted && seen > 0)
                return TimeSpan.FromMicroseconds(UpperBoundOf(place) / 1000.0);
        }
        return TimeSpan.Zero;
    }

    private static int PlaceOf(long nanoseconds)
    {
        if (nanoseconds < PlacesPerPower)
            return (int)Math.Max(0, nanoseconds);
        var power = BitOperations.Log2((ulong)nanoseconds) - BitsKept;
        return ((power + 1) * PlacesPerPower) + (int)((nanoseconds >> power) - PlacesPerPower);
    }

    private static double UpperBoundOf(int place)
    {
        if (place < PlacesPerPower)
            return place;
        var power = (place / PlacesPerPower) - 1;
        return ((long)(place % PlacesPerPower) + PlacesPerPower + 1) * Math.Pow(2, power);
    }
}
