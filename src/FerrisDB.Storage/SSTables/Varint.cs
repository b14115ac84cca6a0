using System.Numerics;

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

    /// <summary>Reads a number that is known to be well-formed.</summary>
    public static ulong Read(ref byte* at)
    {
        var value = (ulong)*at++;
        if (value < 0x80)
            return value;
        value &= 0x7f;
        for (var shift = 7; ; shift += 7)
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
