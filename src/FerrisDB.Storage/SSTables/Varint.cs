using System.Numerics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// Unsigned numbers in as few bytes as they need: seven bits a byte, low ones first, the top bit says that more follow.
/// </summary>
internal static unsafe class Varint
{
    /// <summary>Bytes of a 64-bit number at most.</summary>
    public const int MaxSize = 10;

    public static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>
    /// Writes a number and returns the place behind it. There must be room for <see cref="MaxSize"/>.
    /// </summary>
    public static byte* Write(byte* at, ulong value)
    {
        while (value >= 0x80)
        {
            *at++ = (byte)(value | 0x80);
            value >>= 7;
        }
        *at++ = (byte)value;
        return at;
    }

    /// <summary>As <see cref="Write(byte*, ulong)"/>; returns the count of bytes written.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        var size = 0;
        while (value >= 0x80)
        {
            destination[size++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[size++] = (byte)value;
        return size;
    }

    /// <summary>
    /// Reads a number that is known to be well-formed, from memory of which eight bytes can be read: they are read at
    /// once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref byte* at)
    {
        var word = Unsafe.ReadUnaligned<ulong>(at);
        if ((word & 0x80) != 0)
            return ReadLong(ref at, word);
        at++;
        return word & 0x7f;
    }

    /// <summary>Where the number ends that <see cref="Read"/> would read, without working it out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Skip(byte* at)
    {
        var ends = ~Unsafe.ReadUnaligned<ulong>(at) & 0x8080808080808080;
        if (ends == 0)
            return SkipBytes(at);
        return at + ((BitOperations.TrailingZeroCount(ends) + 1) >> 3);
    }

    private static byte* SkipBytes(byte* at)
    {
        while (*at++ >= 0x80)
        {
        }
        return at;
    }

    // The first byte without a top bit ends the number. What is up to there is squeezed: the gaps that the top bits
    // leave are closed between bytes, then between pairs, then between halves. No branch depends on how long it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadLong(ref byte* at, ulong word)
    {
        var ends = ~word & 0x8080808080808080;
        if (ends == 0)
            return ReadBytes(ref at);
        at += (BitOperations.TrailingZeroCount(ends) + 1) >> 3;
        word &= (ends ^ (ends - 1)) & 0x7f7f7f7f7f7f7f7f;
        word = (word & 0x007f007f007f007f) | ((word & 0x7f007f007f007f00) >> 1);
        word = (word & 0x00003fff00003fff) | ((word & 0x3fff00003fff0000) >> 2);
        return (word & 0x000000000fffffff) | ((word & 0x0fffffff00000000) >> 4);
    }

    private static ulong ReadBytes(ref byte* at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = (ulong)*at++;
            value |= (next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }

    /// <summary>Reads a number that may be anything; false unless it is whole, in its shortest form and fits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && position < source.Length; shift += 7)
        {
            var next = (ulong)source[position++];
            if (shift == 63 && next > 1)
                return false;
            value |= (next & 0x7f) << shift;
            if (next < 0x80)
                return next != 0 || shift == 0;
        }
        return false;
    }
}
