using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace FerrisDB.Layers;

/// <summary>Finds where elements of a packed tuple end, and what they are.</summary>
internal static class TupleDecoder
{
    /// <summary>
    /// Moves the position behind an element, without making anything of it; false, and the reason, if it has no end.
    /// </summary>
    /// <remarks>Nested tuples are walked through with a counter of the depth: no input costs stack.</remarks>
    public static bool TrySkip(ReadOnlySpan<byte> packed, ref int position, out TupleFault fault)
    {
        var at = position;
        var depth = 0;
        fault = default;
        do
        {
            if (at >= packed.Length)
                return Fail(at, "a nested tuple does not end", out fault);
            if (packed[at] == TupleFormat.Nested)
            {
                if (++depth > TupleFormat.NestingDepthMax)
                    return Fail(at, $"tuples are nested more than {TupleFormat.NestingDepthMax} deep", out fault);
                at++;
            }
            else if (depth > 0 && packed[at] == TupleFormat.End)
            {
                var isNull = IsNestedNull(packed, at);
                at += isNull ? 2 : 1;
                depth -= isNull ? 0 : 1;
            }
            else if (!TryMeasure(packed[at..], out var length, out var problem))
            {
                return Fail(at, problem, out fault);
            }
            else
            {
                at += length;
            }
        }
        while (depth > 0);
        position = at;
        return true;
    }

    /// <summary>
    /// Reads an element and moves the position behind it; false, and the reason, if there is none that makes sense.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> packed, ref int position, out TupleValue value, out TupleFault fault)
    {
        var start = position;
        value = default;
        if (packed[start] == TupleFormat.Nested)
        {
            if (TrySkip(packed, ref position, out fault)
                && TryReadNested(packed[..position], start, out value, out fault))
                return true;
            position = start;
            return false;
        }
        if (!TryMeasure(packed[start..], out var length, out var problem))
            return Fail(start, problem, out fault);
        if (!TryReadLeaf(packed.Slice(start, length), start, out value, out fault))
            return false;
        position += length;
        return true;
    }

    /// <summary>
    /// Reads an element if it is an integer of 64 bits, and moves the position behind it; false if it is anything
    /// else.
    /// </summary>
    /// <remarks>
    /// Integers are what is read most, and a <see cref="TupleValue"/> on the way costs more than they do.
    /// </remarks>
    public static bool TryReadInt64(ReadOnlySpan<byte> packed, ref int position, out long value)
    {
        value = 0;
        var at = position;
        var code = packed[at] - TupleFormat.Zero;
        var size = Math.Abs(code);
        if (size > sizeof(ulong) || packed.Length - at <= size)
            return false;
        var magnitude = ReadMagnitude(code < 0, packed.Slice(at + 1, size));
        value = (long)(code < 0 ? 0 - magnitude : magnitude);
        if (code < 0 ? value > 0 : value < 0)
            return false;
        position = at + 1 + size;
        return true;
    }

    private static bool NoValue(out TupleValue value)
    {
        value = default;
        return false;
    }

    private static bool Fail(int position, string problem, out TupleFault fault)
    {
        fault = new TupleFault(position, problem);
        return false;
    }

    private static bool IsNestedNull(ReadOnlySpan<byte> packed, int at) =>
        at + 1 < packed.Length && packed[at + 1] == TupleFormat.Escape;

    // The tuple is known to end with the span and to be of a bearable depth: only strings can still be wrong.
    private static bool TryReadNested(
        ReadOnlySpan<byte> packed, int start, out TupleValue value, out TupleFault fault)
    {
        var elements = new TupleValue[CountNested(packed, start + 1)];
        var position = start + 1;
        value = elements;
        fault = default;
        foreach (ref var element in elements.AsSpan())
        {
            if (packed[position] == TupleFormat.Null)
                position += 2;
            else if (!TryRead(packed, ref position, out element, out fault))
                return NoValue(out value);
        }
        return true;
    }

    private static int CountNested(ReadOnlySpan<byte> packed, int position)
    {
        var count = 0;
        for (; position < packed.Length - 1; count++)
        {
            if (packed[position] == TupleFormat.Null)
                position += 2;
            else
                TrySkip(packed, ref position, out _);
        }
        return count;
    }

    // The length of an element that is no nested tuple.
    private static bool TryMeasure(ReadOnlySpan<byte> packed, out int length, out string problem)
    {
        var code = packed[0];
        problem = "the element is cut short";
        switch (code)
        {
            case TupleFormat.Null or TupleFormat.False or TupleFormat.True:
                length = 1;
                break;
            case TupleFormat.Bytes or TupleFormat.String:
                length = FindEnd(packed) + 1;
                problem = code == TupleFormat.Bytes ? "a byte string does not end" : "a string does not end";
                break;
            case >= TupleFormat.NegativeFirst and <= TupleFormat.PositiveLast:
                length = 1 + Math.Abs(code - TupleFormat.Zero);
                break;
            case TupleFormat.NegativeBig or TupleFormat.PositiveBig:
                length = packed.Length < 2 ? int.MaxValue
                    : 2 + (code == TupleFormat.PositiveBig ? packed[1] : (byte)~packed[1]);
                break;
            case TupleFormat.Float:
                length = 1 + sizeof(float);
                break;
            case TupleFormat.Double:
                length = 1 + sizeof(double);
                break;
            case TupleFormat.Uuid:
                length = 1 + TupleFormat.UuidSize;
                break;
            case TupleFormat.Versionstamp:
                length = 1 + Versionstamp.SizeBytes;
                break;
            default:
                length = 0;
                problem = $"no type has the code 0x{code:x2}";
                return false;
        }
        return length <= packed.Length;
    }

    // The first 00 that no ff follows; the length if there is none.
    private static int FindEnd(ReadOnlySpan<byte> packed)
    {
        for (var at = 1; ; at += 2)
        {
            var zero = packed[at..].IndexOf(TupleFormat.End);
            if (zero < 0)
                return packed.Length;
            at += zero;
            if (at + 1 == packed.Length || packed[at + 1] != TupleFormat.Escape)
                return at;
            if (at + 2 == packed.Length)
                return packed.Length;
        }
    }

    private static bool TryReadLeaf(ReadOnlySpan<byte> packed, int start, out TupleValue value, out TupleFault fault)
    {
        var content = packed[1..];
        fault = default;
        switch (packed[0])
        {
            case TupleFormat.Null:
                value = default;
                break;
            case TupleFormat.Bytes:
                value = ReadBytes(content[..^1]);
                break;
            case TupleFormat.String:
                return TryReadString(content[..^1], out value)
                    || Fail(start, "a string is no valid UTF-8", out fault);
            case TupleFormat.NegativeBig or TupleFormat.PositiveBig:
                value = ReadBigInteger(packed[0] == TupleFormat.NegativeBig, content[1..]);
                break;
            case TupleFormat.Float:
                var single = BinaryPrimitives.ReadUInt32BigEndian(content);
                value = new(TupleValueKind.Float, 0, (int)single < 0 ? single ^ (1u << 31) : ~single);
                break;
            case TupleFormat.Double:
                var bits = BinaryPrimitives.ReadUInt64BigEndian(content);
                value = new(TupleValueKind.Double, 0, (long)bits < 0 ? bits ^ (1ul << 63) : ~bits);
                break;
            case TupleFormat.False or TupleFormat.True:
                value = packed[0] == TupleFormat.True;
                break;
            case TupleFormat.Uuid:
                value = new(
                    TupleValueKind.Uuid,
                    BinaryPrimitives.ReadUInt64BigEndian(content),
                    BinaryPrimitives.ReadUInt64BigEndian(content[sizeof(ulong)..]));
                break;
            case TupleFormat.Versionstamp:
                value = Versionstamp.FromBytes(content);
                break;
            default:
                value = ReadInteger(packed[0] < TupleFormat.Zero, content);
                break;
        }
        return true;
    }

    private static TupleValue ReadInteger(bool isNegative, ReadOnlySpan<byte> content)
    {
        var magnitude = ReadMagnitude(isNegative, content);
        return isNegative && magnitude != 0
            ? new TupleValue(TupleValueKind.Integer, ulong.MaxValue, 0 - magnitude)
            : magnitude;
    }

    private static ulong ReadMagnitude(bool isNegative, ReadOnlySpan<byte> content)
    {
        // Of a negative number the complement is stored: ones in front of it make zeros of its complement.
        var bits = isNegative ? ulong.MaxValue : 0;
        foreach (var each in content)
            bits = (bits << 8) | each;
        return isNegative ? ~bits : bits;
    }

    private static TupleValue ReadBigInteger(bool isNegative, ReadOnlySpan<byte> content)
    {
        Span<byte> magnitude = stackalloc byte[TupleFormat.BigIntegerBytesMax];
        magnitude = magnitude[..content.Length];
        content.CopyTo(magnitude);
        if (!isNegative)
            return new BigInteger(magnitude, isUnsigned: true, isBigEndian: true);
        foreach (ref var each in magnitude)
            each = (byte)~each;
        return -new BigInteger(magnitude, isUnsigned: true, isBigEndian: true);
    }

    private static TupleValue ReadBytes(ReadOnlySpan<byte> content)
    {
        var escapes = content.Count(TupleFormat.End);
        var bytes = new byte[content.Length - escapes];
        Unescape(content, bytes);
        return bytes;
    }

    private static bool TryReadString(ReadOnlySpan<byte> content, out TupleValue value)
    {
        var escapes = content.Count(TupleFormat.End);
        if (escapes == 0)
            return TryReadUtf8(content, out value);
        var rented = ArrayPool<byte>.Shared.Rent(content.Length);
        var length = Unescape(content, rented);
        var isValid = TryReadUtf8(rented.AsSpan(0, length), out value);
        ArrayPool<byte>.Shared.Return(rented);
        return isValid;
    }

    private static bool TryReadUtf8(ReadOnlySpan<byte> utf8, out TupleValue value)
    {
        // Most strings are ASCII, which is known at once, and needs no counting of characters.
        var isAscii = Ascii.IsValid(utf8);
        if (!isAscii && !Utf8.IsValid(utf8))
            return NoValue(out value);
        value = isAscii ? Encoding.Latin1.GetString(utf8) : Encoding.UTF8.GetString(utf8);
        return true;
    }

    private static int Unescape(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        var written = 0;
        for (var zero = content.IndexOf(TupleFormat.End); zero >= 0; zero = content.IndexOf(TupleFormat.End))
        {
            content[..(zero + 1)].CopyTo(destination[written..]);
            written += zero + 1;
            content = content[(zero + 2)..];
        }
        content.CopyTo(destination[written..]);
        return written + content.Length;
    }
}
