using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FerrisDB.Storage;

// A bloom filter answers "surely not in this table" or "perhaps" for a key, and touches one cache line to do so. The
// filter is a row of cache lines, each of eight words of 64 bits. A key's hash chooses a line, and a bit in each word:
//
//     line        = ((hash >> 32) * lines) >> 32
//     mixed       = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15, and that ^ itself >> 32
//     bit of word = (mixed >> 6 * word) & 63
//
//     | word 0          | word 1          | ...             | word 7          |
//     | ....1.......... | ..........1.... | .1............. | ............1.. |
//
// All bits of a key are in one line instead of all over the filter, so some lines get crowded: with ten bits a key,
// 1.2 % of absent keys pass instead of 0.9 %. It costs one cache miss instead of six; and one bit in each word, instead
// of bits anywhere in the line, can be tested by two vector instructions for all eight words.

/// <summary>A filter of user keys that has false positives but no false negatives.</summary>
internal readonly unsafe struct BloomFilter(ulong* words, uint lineCount)
{
    public const int LineSize = 64;

    /// <summary>Bits that a key sets: one in each word of its line.</summary>
    public const int BitsPerKeySet = WordsPerLine;

    private const int WordsPerLine = LineSize / sizeof(ulong);
    private const int BitIndexSize = 6;

    public bool IsAbsent => lineCount == 0;

    /// <summary>The count of lines for that many keys.</summary>
    public static uint LineCountFor(long keys, int bitsPerKey) =>
        (uint)Math.Clamp(((keys * bitsPerKey) + (LineSize * 8) - 1) / (LineSize * 8), 1, int.MaxValue / LineSize);

    public void Add(ulong hash)
    {
        var line = LineOf(hash);
        var mixed = Mix(hash);
        for (var word = 0; word < WordsPerLine; word++)
            line[word] |= 1UL << (int)((mixed >> (BitIndexSize * word)) & 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayContain(ulong hash)
    {
        var line = LineOf(hash);
        var mixed = Mix(hash);
        return Avx2.IsSupported ? MayContainVector(line, mixed) : MayContainWords(line, mixed);
    }

    /// <summary>Asks the processor for the line of a hash, for those who will look into several filters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash) => FerrisDB.Storage.Prefetch.Line(LineOf(hash));

    internal static bool MayContainWords(ulong* line, ulong mixed)
    {
        var hits = 1UL;
        for (var word = 0; word < WordsPerLine; word++)
            hits &= line[word] >> (int)((mixed >> (BitIndexSize * word)) & 63);
        return (hits & 1) != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MayContainVector(ulong* line, ulong mixed)
    {
        var all = Vector256.Create(mixed);
        var low = Avx2.ShiftRightLogicalVariable(all, Vector256.Create(0UL, 6, 12, 18)) & Vector256.Create(63UL);
        var high = Avx2.ShiftRightLogicalVariable(all, Vector256.Create(24UL, 30, 36, 42)) & Vector256.Create(63UL);
        var lowBits = Avx2.ShiftLeftLogicalVariable(Vector256<ulong>.One, low);
        var highBits = Avx2.ShiftLeftLogicalVariable(Vector256<ulong>.One, high);
        var missing = Vector256.AndNot(lowBits, Vector256.Load(line)) |
            Vector256.AndNot(highBits, Vector256.Load(line + Vector256<ulong>.Count));
        return missing == Vector256<ulong>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong* LineOf(ulong hash) => words + ((((hash >> 32) * lineCount) >> 32) * WordsPerLine);

    // The high half has chosen the line, so among the keys of one line it is nearly the same: multiply the low half up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Mix(ulong hash)
    {
        var mixed = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15;
        return mixed ^ (mixed >> 32);
    }
}
