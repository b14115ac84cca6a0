using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// A bloom filter answers "surely not in this table" or "perhaps" for a key, and touches one cache line to do so. The
// filter is a row of cache lines; a key's hash chooses the line and then a few bits in it:
//
//     hash        63                 32 31                  0
//                 +--------------------+--------------------+
//                 | line = (x * lines) >> 32                |
//                 +--------------------+--------------------+
//     mixed hash: nine bits for each probe, low ones first, name one of the 512 bits of the line
//
// All bits of a key are set in one line instead of all over the filter, so some lines get crowded: with ten bits a key
// about 1.2 % of absent keys pass instead of 0.9 %. It costs one cache miss instead of six.

/// <summary>A filter of user keys that has false positives but no false negatives.</summary>
internal readonly unsafe struct BloomFilter(byte* lines, uint lineCount, int probes)
{
    public const int LineSize = 64;

    /// <summary>Nine bits each are what a hash of 64 bits has.</summary>
    public const int ProbesMax = 7;

    private const int ProbeBits = 9;

    public bool IsAbsent => lineCount == 0;

    /// <summary>The count of lines for that many keys.</summary>
    public static uint LineCountFor(long keys, int bitsPerKey) =>
        (uint)Math.Clamp(((keys * bitsPerKey) + (LineSize * 8) - 1) / (LineSize * 8), 1, int.MaxValue / LineSize);

    /// <summary>
    /// How many bits a key should set: ln 2 times the bits it has, one less for the crowding of lines.
    /// </summary>
    public static int ProbesFor(int bitsPerKey) => Math.Clamp((int)Math.Round(bitsPerKey * 0.6), 1, ProbesMax);

    public void Add(ulong hash)
    {
        var line = LineOf(hash);
        var rest = Mix(hash);
        for (var probe = 0; probe < probes; probe++, rest >>= ProbeBits)
            line[(rest & 511) >> 3] |= (byte)(1 << (int)(rest & 7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayContain(ulong hash)
    {
        var line = LineOf(hash);
        var rest = Mix(hash);
        // All probes without a branch between them: the line arrives once, and then this is a few instructions.
        var hits = 1u;
        for (var probe = 0; probe < probes; probe++, rest >>= ProbeBits)
            hits &= (uint)line[(rest & 511) >> 3] >> (int)(rest & 7);
        return (hits & 1) != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* LineOf(ulong hash) => lines + (((hash >> 32) * lineCount) >> 32 << 6);

    // The high half has chosen the line, so among the keys of one line it is nearly the same: multiply the low half up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash)
    {
        var mixed = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15;
        return mixed ^ (mixed >> 32);
    }
}
