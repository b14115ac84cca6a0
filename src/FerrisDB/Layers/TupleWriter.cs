using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace FerrisDB.Layers;

/// <summary>Packs elements one after the other, into a buffer on the stack as long as they fit there.</summary>
internal ref struct TupleWriter(Span<byte> buffer)
{
    /// <summary>Bytes for the stack: more than almost any key has.</summary>
    public const int StackBytes = 256;

    private Span<byte> _buffer = buffer;
    private byte[]? _rented;
    private int _length;
    private int _depth;

    // Of the outermost tuple: where an error is.
    private int _index;

    /// <summary>What was written so far. Valid until the next write.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Where the bytes of the incomplete versionstamp begin, or -1.</summary>
    public int VersionstampOffset { get; private set; } = -1;

    /// <summary>Gives the rented buffer back, if the stack was too small.</summary>
    public readonly void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }

    /// <summary>Appends bytes as they are.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Appends the elements of a tuple.</summary>
    public void Write(scoped ReadOnlySpan<TupleValue> elements)
    {
        for (_index = 0; _index < elements.Length; _index++)
            Write(elements[_index]);
    }

    private void Write(in TupleValue element)
    {
        switch (element.Kind)
        {
            case TupleValueKind.Null:
                WriteNull();
                break;
            case TupleValueKind.Bytes:
                WriteBytes(element.Bytes);
                break;
            case TupleValueKind.String:
                WriteString(element.Text);
                break;
            case TupleValueKind.Nested:
                WriteNested(element.Elements);
                break;
            case TupleValueKind.Integer when element.IsBigInteger:
                WriteBigInteger(element.BigInteger);
                break;
            case TupleValueKind.Integer:
                WriteInteger(element.High, element.Low);
                break;
            case TupleValueKind.Float:
                WriteFloat((uint)element.Low);
                break;
            case TupleValueKind.Double:
                WriteDouble(element.Low);
                break;
            case TupleValueKind.Boolean:
                WriteByte(element.Low != 0 ? TupleFormat.True : TupleFormat.False);
                break;
            case TupleValueKind.Uuid:
                WriteUuid(element.High, element.Low);
                break;
            default:
                WriteVersionstamp(element.Versionstamp);
                break;
        }
    }

    private void WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    private void WriteNull()
    {
        WriteByte(TupleFormat.Null);
        if (_depth > 0)
            WriteByte(TupleFormat.Escape);
    }

    private void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        var destination = Reserve(2 + bytes.Length);
        destination[0] = TupleFormat.Bytes;
        bytes.CopyTo(destination[1..]);
        destination[1 + bytes.Length] = TupleFormat.End;
        _length += 2 + bytes.Length;
        if (bytes.Contains(TupleFormat.End))
            EscapeZeros(_length - 1 - bytes.Length);
    }

    // Most strings are short and ASCII: they go straight to their place, code and end with them.
    private void WriteString(string? text)
    {
        var destination = Reserve(2 + Encoding.UTF8.GetMaxByteCount(text!.Length));
        destination[0] = TupleFormat.String;
        if (Ascii.FromUtf16(text, destination[1..], out var written) != OperationStatus.Done
            && Utf8.FromUtf16(text, destination[1..], out _, out written, replaceInvalidSequences: false)
                != OperationStatus.Done)
            throw Unfit($"a string that holds half a surrogate pair, behind {written} bytes of UTF-8");
        var hasZeros = destination.Slice(1, written).Contains(TupleFormat.End);
        destination[1 + written] = TupleFormat.End;
        _length += 2 + written;
        if (hasZeros)
            EscapeZeros(_length - 1 - written);
    }

    private void WriteNested(TupleValue[]? elements)
    {
        if (_depth == TupleFormat.NestingDepthMax)
            throw Unfit($"tuples nested more than {TupleFormat.NestingDepthMax} deep");
        WriteByte(TupleFormat.Nested);
        _depth++;
        foreach (ref readonly var element in elements.AsSpan())
            Write(element);
        _depth--;
        WriteByte(TupleFormat.End);
    }

    // Eight bytes are written whatever the size is: those that do not count are overwritten by what follows.
    private void WriteInteger(ulong high, ulong low)
    {
        var isNegative = high != 0;
        var magnitude = isNegative ? 0 - low : low;
        var size = (64 - BitOperations.LeadingZeroCount(magnitude) + 7) >> 3;
        var destination = Reserve(1 + sizeof(ulong));
        destination[0] = (byte)(isNegative ? TupleFormat.Zero - size : TupleFormat.Zero + size);
        var bits = isNegative ? ~magnitude : magnitude;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], bits << (64 - (8 * size)));
        _length += 1 + size;
    }

    private void WriteBigInteger(BigInteger value)
    {
        var magnitude = BigInteger.Abs(value);
        var size = magnitude.GetByteCount(isUnsigned: true);
        if (size > TupleFormat.BigIntegerBytesMax)
            throw Unfit($"an integer of {size} bytes, and {TupleFormat.BigIntegerBytesMax} are the most");
        var destination = Reserve(2 + size);
        magnitude.TryWriteBytes(destination[2..], out _, isUnsigned: true, isBigEndian: true);
        destination[0] = value.Sign < 0 ? TupleFormat.NegativeBig : TupleFormat.PositiveBig;
        destination[1] = (byte)size;
        if (value.Sign < 0)
        {
            foreach (ref var each in destination.Slice(1, 1 + size))
                each = (byte)~each;
        }
        _length += 2 + size;
    }

    private void WriteFloat(uint bits)
    {
        var destination = Reserve(1 + sizeof(float));
        destination[0] = TupleFormat.Float;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (int)bits < 0 ? ~bits : bits ^ (1u << 31));
        _length += 1 + sizeof(float);
    }

    private void WriteDouble(ulong bits)
    {
        var destination = Reserve(1 + sizeof(double));
        destination[0] = TupleFormat.Double;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], (long)bits < 0 ? ~bits : bits ^ (1ul << 63));
        _length += 1 + sizeof(double);
    }

    private void WriteUuid(ulong high, ulong low)
    {
        var destination = Reserve(1 + TupleFormat.UuidSize);
        destination[0] = TupleFormat.Uuid;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[(1 + sizeof(ulong))..], low);
        _length += 1 + TupleFormat.UuidSize;
    }

    private void WriteVersionstamp(Versionstamp value)
    {
        if (!value.IsComplete)
        {
            if (VersionstampOffset >= 0)
                throw Unfit("a second incomplete versionstamp");
            VersionstampOffset = _length + 1;
        }
        var destination = Reserve(1 + Versionstamp.SizeBytes);
        destination[0] = TupleFormat.Versionstamp;
        value.WriteTo(destination[1..]);
        _length += 1 + Versionstamp.SizeBytes;
    }

    // What was written from `start` on is content, and the zero that ends it: behind each zero of the content goes an
    // ff. Zeros are rare, so the content is moved apart where it is, from the end.
    private void EscapeZeros(int start)
    {
        var zeros = _buffer[start..(_length - 1)].Count(TupleFormat.End);
        Reserve(zeros);
        var from = _length - 1;
        _length += zeros;
        var to = _length - 1;
        _buffer[to] = TupleFormat.End;
        while (to > from)
        {
            var value = _buffer[--from];
            if (value == TupleFormat.End)
                _buffer[--to] = TupleFormat.Escape;
            _buffer[--to] = value;
        }
    }

    private readonly FerrisException Unfit(string what) =>
        new(ErrorCode.InvalidTupleDataType, $"The tuple has {what}, in element {_index}.");

    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size)
            Grow(size);
        return _buffer[_length..];
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + size, 2 * _buffer.Length));
        Written.CopyTo(larger);
        Dispose();
        _rented = larger;
        _buffer = larger;
    }
}
