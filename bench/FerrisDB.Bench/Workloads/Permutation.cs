namespace FerrisDB.Bench;

/// <summary>Visits every number of [0, count) once, in an order that looks random, without a table.</summary>
/// <remarks>A four-round Feistel network over the next power of four; numbers beyond the count are sent round
/// again.</remarks>
internal sealed class Permutation
{
    private const int Rounds = 4;

    private readonly long _count;
    private readonly int _halfBits;
    private readonly ulong _halfMask;

    public Permutation(long count)
    {
        _count = count;
        while (1L << (2 * _halfBits) < count)
            _halfBits++;
        _halfMask = (1UL << _halfBits) - 1;
    }

    public long this[long index]
    {
        get
        {
            var number = (ulong)index;
            do
                number = Scramble(number);
            while (number >= (ulong)_count);
            return (long)number;
        }
    }

    private ulong Scramble(ulong number)
    {
        var left = number >> _halfBits;
        var right = number & _halfMask;
        for (var round = 0UL; round < Rounds; round++)
            (left, right) = (right, left ^ (RandomSource.Mix((right << 3) | round) & _halfMask));
        return (left << _halfBits) | right;
    }
}
