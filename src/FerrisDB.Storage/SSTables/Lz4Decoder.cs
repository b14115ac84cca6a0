using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FerrisDB.Storage;

// An LZ4 block is a row of sequences; each repeats what it says of earlier output:
//
//     +-------+------------------+----------+-----------+------------------+
//     | token | more of literals | literals | distance  | more of match    |
//     | 1     | 0, 1, 2 ...      | n bytes  | 2, LE     | 0, 1, 2 ...      |
//     +-------+------------------+----------+-----------+------------------+
//
//     token      high half: count of literals; low half: length of the match, less 4; 15: bytes follow that are added
//                up, until one is not 255
//     last one   ends behind its literals, at the end of the input
//
// Blocks are read cold, in programs that have just begun: a decoder that the compiler optimizes only after it has run
// for a while is seven times slower when it matters. So this one is optimized from its first call on.

/// <summary>Decompresses LZ4 blocks. Trusts nothing.</summary>
internal static unsafe class Lz4Decoder
{
    private const int MinMatch = 4;
    private const int HalfMax = 15;
    private const int VectorSize = 16;

    // For each distance d below 16: where each byte of a vector comes from if the first d bytes repeat.
    private static ReadOnlySpan<byte> Repetitions =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
        0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
        0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,
    ];

    /// <summary>Fills all of the target; false if the source is no block of that many bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* input = source, output = target)
            return TryDecode(input, input + source.Length, output, output + target.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryDecode(byte* input, byte* inputEnd, byte* target, byte* outputEnd)
    {
        var output = target;
        while (input < inputEnd)
        {
            var token = (nint)(*input++);
            var literals = token >> 4;
            // Not the last sequence, because more input follows than it can have; and whole vectors fit.
            if (literals < HalfMax && inputEnd - input >= VectorSize + sizeof(ushort) &&
                outputEnd - output >= VectorSize)
            {
                Vector128.Load(input).Store(output);
            }
            else
            {
                if (literals == HalfMax && !TryAddMore(ref input, inputEnd, ref literals))
                    return false;
                if (literals > inputEnd - input || literals > outputEnd - output)
                    return false;
                CopyLiterals(input, inputEnd, output, outputEnd, literals);
                if (input + literals == inputEnd)
                    return output + literals == outputEnd;
            }
            input += literals;
            output += literals;

            if (inputEnd - input < sizeof(ushort))
                return false;
            var distance = (nint)(input[0] | (input[1] << 8));
            input += sizeof(ushort);
            var length = token & HalfMax;
            if (length == HalfMax && !TryAddMore(ref input, inputEnd, ref length))
                return false;
            length += MinMatch;
            if (distance == 0 || distance > output - target || length > outputEnd - output)
                return false;
            CopyMatch(output, outputEnd, distance, length);
            output += length;
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryAddMore(ref byte* input, byte* inputEnd, ref nint length)
    {
        byte more;
        do
        {
            if (input == inputEnd)
                return false;
            more = *input++;
            length += more; // cannot overflow: a block is far smaller than what would
        }
        while (more == byte.MaxValue);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLiterals(byte* input, byte* inputEnd, byte* output, byte* outputEnd, nint length)
    {
        if (inputEnd - input < length + VectorSize || outputEnd - output < length + VectorSize)
        {
            Unsafe.CopyBlockUnaligned(output, input, (uint)length);
            return;
        }
        for (nint at = 0; at < length; at += VectorSize)
            Vector128.Load(input + at).Store(output + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyMatch(byte* output, byte* outputEnd, nint distance, nint length)
    {
        var from = output - distance;
        nint at = 0;
        if (outputEnd - output < length + VectorSize)
        {
            for (; at < length; at++)
                output[at] = from[at];
            return;
        }
        // What repeats after a few bytes repeats after a multiple of them too: go on until vectors do not overlap.
        if (distance < VectorSize)
        {
            var repetition = (nuint)(distance * VectorSize);
            var sources = Vector128.LoadUnsafe(in MemoryMarshal.GetReference(Repetitions), repetition);
            Vector128.ShuffleNative(Vector128.Load(from), sources).Store(output);
            from = output - (distance * ((VectorSize + distance - 1) / distance)); // a multiple
            at = VectorSize;
        }
        for (; at < length; at += VectorSize)
            Vector128.Load(from + at).Store(output + at);
    }
}
