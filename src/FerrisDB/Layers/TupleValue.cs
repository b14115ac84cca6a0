using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FerrisDB.Layers;

/// <summary>
/// One element of a tuple. C# values become one by themselves: strings, byte arrays, all integers, floats, doubles,
/// booleans, GUIDs, versionstamps, and C# tuples of those.
/// </summary>
/// <remarks>
/// <para>A value without a conversion (a decimal, a date, an enum) does not compile: say in which form it is to be
/// stored, and so ordered, by casting or formatting it. Null is <see cref="Null"/>, the default.</para>
/// <para>No conversion allocates, except of integers beyond 64 bits and of nested tuples. Arrays are kept, not copied;
/// do not change them. Equal means equal when packed: 1 and 1L are, 1.0 and 1.0f are not.</para>
/// </remarks>
[SuppressMessage("Usage", "CA2225", Justification = "The conversions are the constructors; As<T>() is the way back.")]
[StructLayout(LayoutKind.Auto)]
public readonly struct TupleValue : IEquatable<TupleValue>
{
    // Of strings: the string. Of bytes: the array. Of nested tuples: the elements. Of integers beyond 64 bits: a boxed
    // BigInteger.
    private readonly object? _reference;

    // Of bytes: offset and length. Of integers: 128 bits, two's complement. Of floats and doubles: the bits, in _low.
    // Of UUIDs: 16 bytes, big-endian. Of versionstamps: version; order and user version.
    private readonly ulong _high;
    private readonly ulong _low;

    internal TupleValue(TupleValueKind kind, ulong high, ulong low, object? reference = null)
    {
        Kind = kind;
        _high = high;
        _low = low;
        _reference = reference;
    }

    /// <summary>The null element.</summary>
    public static TupleValue Null => default;

    /// <summary>What this is.</summary>
    public TupleValueKind Kind { get; }

    /// <summary>True if this is null.</summary>
    public bool IsNull => Kind == TupleValueKind.Null;

    internal ulong High => _high;

    internal ulong Low => _low;

    internal string? Text => _reference as string;

    internal ReadOnlySpan<byte> Bytes => (_reference as byte[]).AsSpan((int)_high, (int)_low);

    /// <summary>The bytes as an array of their own, which may be the one that this was made of.</summary>
    internal byte[]? ByteArray =>
        _reference is byte[] array && array.Length == (int)_low ? array
            : Kind == TupleValueKind.Bytes ? Bytes.ToArray()
            : null;

    internal TupleValue[]? Elements => _reference as TupleValue[];

    /// <summary>True if this is an integer beyond what 64 bits and a sign hold.</summary>
    internal bool IsBigInteger => _reference is BigInteger;

    internal BigInteger BigInteger => _reference is BigInteger big ? big : new Int128(_high, _low);

    internal float Single => BitConverter.UInt32BitsToSingle((uint)_low);

    internal double Double => BitConverter.UInt64BitsToDouble(_low);

    internal Versionstamp Versionstamp => new((long)_high, (ushort)(_low >> 16), (ushort)_low);

    /// <summary>A nested tuple of these elements: what <c>("users", 42)</c> says, for any number of them.</summary>
    public static TupleValue Nested(params ReadOnlySpan<TupleValue> elements) => elements.ToArray();

    /// <summary>
    /// This as a <typeparamref name="T"/>: string, byte[], any integer type, float, double, bool, Guid, Versionstamp,
    /// TupleValue[], or their nullable forms.
    /// </summary>
    /// <returns>The value; a null element is null if <typeparamref name="T"/> has it. Arrays may be shared with this
    /// value; do not change them.</returns>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidTupleDataType"/>: this is of another kind, or an
    /// integer that <typeparamref name="T"/> cannot hold.</exception>
    public T As<T>() => TryAs<T>(out var value) ? value : throw TupleConversion.Mismatch<T>(this);

    /// <summary>As <see cref="As{T}"/>, false instead of an error.</summary>
    public bool TryAs<T>([MaybeNullWhen(false)] out T value) => TupleConversion.TryConvert(this, out value);

    /// <summary>True if both are the same when packed.</summary>
    public bool Equals(TupleValue other) => Kind == other.Kind && Kind switch
    {
        TupleValueKind.String => Text == other.Text,
        TupleValueKind.Bytes => Bytes.SequenceEqual(other.Bytes),
        TupleValueKind.Nested => Elements.AsSpan().SequenceEqual(other.Elements),
        TupleValueKind.Integer when IsBigInteger || other.IsBigInteger => BigInteger == other.BigInteger,
        _ => _high == other._high && _low == other._low,
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TupleValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        switch (Kind)
        {
            case TupleValueKind.Bytes:
                hash.AddBytes(Bytes);
                break;
            case TupleValueKind.Nested:
                foreach (var element in Elements!)
                    hash.Add(element);
                break;
            default:
                hash.Add(_high);
                hash.Add(_low);
                hash.Add(_reference);
                break;
        }
        return hash.ToHashCode();
    }

    /// <summary>True if both are the same when packed.</summary>
    public static bool operator ==(TupleValue left, TupleValue right) => left.Equals(right);

    /// <summary>True unless both are the same when packed.</summary>
    public static bool operator !=(TupleValue left, TupleValue right) => !left.Equals(right);

    /// <summary>The element as <see cref="TupleText"/> writes it, such as <c>"ada"</c> or <c>42</c>.</summary>
    public override string ToString() => TupleText.Format(this);

    /// <summary>A string, or null.</summary>
    public static implicit operator TupleValue(string? value) =>
        value is null ? default : new(TupleValueKind.String, 0, 0, value);

    /// <summary>A byte string, or null. The array is kept, not copied.</summary>
    public static implicit operator TupleValue(byte[]? value) =>
        value is null ? default : new(TupleValueKind.Bytes, 0, (uint)value.Length, value);

    /// <summary>A byte string. The memory is kept if it is part of an array, else copied.</summary>
    public static implicit operator TupleValue(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Array is { } array
            ? new TupleValue(TupleValueKind.Bytes, (uint)segment.Offset, (uint)segment.Count, array)
            : value.ToArray();

    /// <summary>An integer.</summary>
    public static implicit operator TupleValue(long value) =>
        new(TupleValueKind.Integer, (ulong)(value >> 63), (ulong)value);

    /// <summary>An integer.</summary>
    public static implicit operator TupleValue(ulong value) => new(TupleValueKind.Integer, 0, value);

    /// <summary>An integer.</summary>
    public static implicit operator TupleValue(int value) => (long)value;

    /// <summary>An integer.</summary>
    public static implicit operator TupleValue(uint value) => (ulong)value;

    /// <summary>An integer.</summary>
    public static implicit operator TupleValue(ushort value) => (ulong)value;

    /// <summary>An integer.</summary>
    public static implicit operator TupleValue(byte value) => (ulong)value;

    /// <summary>An integer whose magnitude has at most 255 bytes.</summary>
    public static implicit operator TupleValue(BigInteger value) =>
        value <= ulong.MaxValue && value >= -(BigInteger)ulong.MaxValue
            ? new(TupleValueKind.Integer, value.Sign < 0 ? ulong.MaxValue : 0, (ulong)(value & ulong.MaxValue))
            : new(TupleValueKind.Integer, 0, 0, value);

    /// <summary>An integer, or null.</summary>
    public static implicit operator TupleValue(long? value) => value is { } known ? known : default(TupleValue);

    /// <summary>A 32-bit floating-point number, bit for bit.</summary>
    public static implicit operator TupleValue(float value) =>
        new(TupleValueKind.Float, 0, BitConverter.SingleToUInt32Bits(value));

    /// <summary>A 64-bit floating-point number, bit for bit.</summary>
    public static implicit operator TupleValue(double value) =>
        new(TupleValueKind.Double, 0, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>False or true.</summary>
    public static implicit operator TupleValue(bool value) => new(TupleValueKind.Boolean, 0, value ? 1u : 0u);

    /// <summary>False, true or null.</summary>
    public static implicit operator TupleValue(bool? value) => value is { } known ? known : default(TupleValue);

    /// <summary>A UUID.</summary>
    public static implicit operator TupleValue(Guid value) => TupleConversion.FromGuid(value);

    /// <summary>A UUID, or null.</summary>
    public static implicit operator TupleValue(Guid? value) => value is { } known ? known : default(TupleValue);

    /// <summary>A versionstamp, complete or not.</summary>
    public static implicit operator TupleValue(Versionstamp value) =>
        new(TupleValueKind.Versionstamp, (ulong)value.Version, ((uint)value.BatchOrder << 16) | value.UserVersion);

    /// <summary>A nested tuple, or null. The array is kept, not copied.</summary>
    public static implicit operator TupleValue(TupleValue[]? value) =>
        value is null ? default : new(TupleValueKind.Nested, 0, 0, value);

    /// <summary>A nested tuple of two elements.</summary>
    public static implicit operator TupleValue((TupleValue, TupleValue) value) =>
        new[] { value.Item1, value.Item2 };

    /// <summary>A nested tuple of three elements.</summary>
    public static implicit operator TupleValue((TupleValue, TupleValue, TupleValue) value) =>
        new[] { value.Item1, value.Item2, value.Item3 };

    /// <summary>A nested tuple of four elements.</summary>
    public static implicit operator TupleValue((TupleValue, TupleValue, TupleValue, TupleValue) value) =>
        new[] { value.Item1, value.Item2, value.Item3, value.Item4 };

    /// <summary>Not converted: a character could be meant as text or as a number.</summary>
    [Obsolete("Say which is meant: character.ToString(), or a cast to int.", error: true)]
    public static implicit operator TupleValue(char value) => value.ToString();
}
