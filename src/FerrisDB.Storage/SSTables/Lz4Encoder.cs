using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FerrisDB.Storage;

// Makes the LZ4 blocks that Lz4Decoder draws. At each place, four bytes are looked up in a table of places where bytes
// with the same hash stood before; if they are the same, the match is made as long as it gets, in both directions:
//
//     source   .......abcdefgh..............xabcdefgh.....
//                     |<----- distance ----->|
//                     candidate               position           literals: x      match: 8 bytes
//
// The table keeps the low 16 bits of a place, so that any entry names one place within the 64 KiB that a distance can
// reach back, also in a longer source; what is out of date is found out by the comparison. Where nothing matches for
// long, the steps get longer: what does not compress is passed over quickly.
//
// A flush that begins soon after its process compresses before the compiler has got round to optimizing anything: as
// the decoder, this is optimized from its first call on.

/// <summary>Compresses LZ4 blocks.</summary>
internal static unsafe class Lz4Encoder
{
    private const int MinMatch = 4;
    private const int HalfMax = 15;
    private const int VectorSize = 16;

    // The format's: a block ends with five literals or more, and no match begins in its last twelve bytes.
    private const int LastLiterals = 5;
    private const int LastMatchBytes = 12;

    private const int HashBits = 13;
    private const int TableSize = 1 << HashBits;

    // So many places without a match make each step one byte longer.
    private const int MissesForStepShift = 6;

    /// <summary>
    /// Compresses all of the source; returns the size, or 0 if the target is too small for it.
    /// </summary>
    [SkipLocalsInit]
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.IsEmpty)
            return 0;
        var table = stackalloc ushort[TableSize];
        new Span<ushort>(table, TableSize).Clear();
        fixed (byte* input = source, output = target)
        {
            var end = Encode(input, input + source.Length, output, output + target.Length, table);
            return end == null ? 0 : (int)(end - output);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte* Encode(byte* source, byte* sourceEnd, byte* output, byte* outputEnd, ushort* table)
    {
        var literals = source;
        var matchEnd = sourceEnd - LastLiterals;
        var lastMatch = sourceEnd - LastMatchBytes;
        var position = source + 1; // the first byte has nothing before it
        while (true)
        {
            var candidate = FindMatch(source, ref position, lastMatch, table);
            if (candidate == null)
                return WriteLast(literals, sourceEnd, output, outputEnd);
            while (position > literals && candidate > source && position[-1] == candidate[-1])
            {
                position--;
                candidate--;
            }
            var length = MinMatch + CountSame(position + MinMatch, candidate + MinMatch, matchEnd);
            var distance = (nint)(position - candidate);
            output = WriteSequence(
                literals, (nint)(position - literals), sourceEnd, output, outputEnd, distance, length);
            if (output == null)
                return null;
            position += length;
            literals = position;
            if (position <= lastMatch)
                table[HashOf(position - 2)] = (ushort)(position - 2 - source);
        }
    }

    /// <summary>Moves to the next place that has bytes in common with one before, and returns that; or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* FindMatch(byte* source, ref byte* place, byte* lastMatch, ushort* table)
    {
        var position = place;
        for (var misses = 1 << MissesForStepShift; position <= lastMatch; misses++)
        {
            var offset = position - source;
            var hash = HashOf(position);
            var distance = (ushort)(offset - table[hash]);
            table[hash] = (ushort)offset;
            var candidate = position - distance;
            if (distance != 0 && Read32(candidate) == Read32(position))
            {
                place = position;
                return candidate;
            }
            position += misses >> MissesForStepShift;
        }
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint CountSame(byte* position, byte* candidate, byte* end)
    {
        var start = position;
        while (end - position >= sizeof(ulong))
        {
            var difference = Unsafe.ReadUnaligned<ulong>(position) ^ Unsafe.ReadUnaligned<ulong>(candidate);
            if (difference != 0)
                return (nint)(position - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
            position += sizeof(ulong);
            candidate += sizeof(ulong);
        }
        for (; position < end && *position == *candidate; position++)
            candidate++;
        return (nint)(position - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* WriteSequence(
        byte* literals, nint count, byte* sourceEnd, byte* output, byte* outputEnd, nint distance, nint length)
    {
        length -= MinMatch;
        // The token, both lengths at their longest, the literals and the distance.
        if (outputEnd - output < 1 + (count / 255) + 1 + count + sizeof(ushort) + (length / 255) + 1)
            return null;
        var token = output++;
        *token = (byte)((Math.Min(count, HalfMax) << 4) | Math.Min(length, HalfMax));
        if (count >= HalfMax)
            output = WriteMore(output, count - HalfMax);
        CopyLiterals(literals, count, sourceEnd, output, outputEnd);
        output += count;
        *output++ = (byte)distance;
        *output++ = (byte)(distance >> 8);
        return length >= HalfMax ? WriteMore(output, length - HalfMax) : output;
    }

    private static byte* WriteLast(byte* literals, byte* sourceEnd, byte* output, byte* outputEnd)
    {
        var count = sourceEnd - literals;
        if (outputEnd - output < 1 + (count / 255) + 1 + count)
            return null;
        *output++ = (byte)(Math.Min(count, HalfMax) << 4);
        if (count >= HalfMax)
            output = WriteMore(output, (nint)count - HalfMax);
        Unsafe.CopyBlockUnaligned(output, literals, (uint)count);
        return output + count;
    }

    private static byte* WriteMore(byte* output, nint rest)
    {
        for (; rest >= byte.MaxValue; rest -= byte.MaxValue)
            *output++ = byte.MaxValue;
        *output++ = (byte)rest;
        return output;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLiterals(byte* from, nint count, byte* sourceEnd, byte* to, byte* outputEnd)
    {
        if (sourceEnd - from < count + VectorSize || outputEnd - to < count + VectorSize)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)count);
            return;
        }
        for (nint at = 0; at < count; at += VectorSize)
            Vector128.Load(from + at).Store(to + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HashOf(byte* position) => (Read32(position) * 2654435761) >> (32 - HashBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(byte* position) => Unsafe.ReadUnaligned<uint>(position);
}
