using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Layers;

/// <summary>From an element of a tuple to the C# type that its reader asks for, without boxing.</summary>
internal static class TupleConversion
{
    /// <summary>
    /// False if the element is of another kind or does not fit. The comparisons of types are decided when the method is
    /// compiled for a value type, and what is left of it is one branch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryConvert<T>(in TupleValue value, [MaybeNullWhen(false)] out T result)
    {
        if (default(T) is null && value.IsNull)
        {
            result = default!;
            return true;
        }
        if (typeof(T) == typeof(string))
            return GiveReference(value.Kind == TupleValueKind.String, value.Text, out result);
        if (typeof(T) == typeof(byte[]))
            return GiveReference(value.Kind == TupleValueKind.Bytes, value.ByteArray, out result);
        if (typeof(T) == typeof(long) || typeof(T) == typeof(long?))
            return Give(TryInt64(value, out var integer), integer, out result);
        if (typeof(T) == typeof(int) || typeof(T) == typeof(int?))
            return Give(TryNarrow(value, out int integer), integer, out result);
        if (typeof(T) == typeof(bool) || typeof(T) == typeof(bool?))
            return Give(value.Kind == TupleValueKind.Boolean, value.Low != 0, out result);
        if (typeof(T) == typeof(double) || typeof(T) == typeof(double?))
            return Give(value.Kind == TupleValueKind.Double, value.Double, out result);
        if (typeof(T) == typeof(Guid) || typeof(T) == typeof(Guid?))
            return Give(value.Kind == TupleValueKind.Uuid, ToGuid(value), out result);
        if (typeof(T) == typeof(Versionstamp) || typeof(T) == typeof(Versionstamp?))
            return Give(value.Kind == TupleValueKind.Versionstamp, value.Versionstamp, out result);
        return TryConvertRare(value, out result);
    }

    public static TupleValue FromGuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[TupleFormat.UuidSize];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return new(
            TupleValueKind.Uuid,
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(ulong)..]));
    }

    public static Guid ToGuid(in TupleValue value)
    {
        Span<byte> bytes = stackalloc byte[TupleFormat.UuidSize];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[sizeof(ulong)..], value.Low);
        return new Guid(bytes, bigEndian: true);
    }

    public static FerrisException Mismatch<T>(in TupleValue value, int element = -1)
    {
        var wanted = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        var place = element < 0 ? "" : $" {element}";
        return new(
            ErrorCode.InvalidTupleDataType,
            $"Element{place} of the tuple, {Shorten(value.ToString())}, is of kind {value.Kind}; it cannot be read as "
                + $"{wanted.Name}.");
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";

    private static bool TryConvertRare<T>(in TupleValue value, [MaybeNullWhen(false)] out T result)
    {
        if (typeof(T) == typeof(TupleValue))
            return Give(true, value, out result);
        if (typeof(T) == typeof(TupleValue[]))
            return GiveReference(value.Kind == TupleValueKind.Nested, value.Elements, out result);
        if (typeof(T) == typeof(ReadOnlyMemory<byte>) || typeof(T) == typeof(ReadOnlyMemory<byte>?))
            return Give(value.Kind == TupleValueKind.Bytes, (ReadOnlyMemory<byte>)value.ByteArray, out result);
        if (typeof(T) == typeof(ulong) || typeof(T) == typeof(ulong?))
            return Give(IsSmall(value) && value.High == 0, value.Low, out result);
        if (typeof(T) == typeof(uint) || typeof(T) == typeof(uint?))
            return Give(TryNarrow(value, out uint integer), integer, out result);
        if (typeof(T) == typeof(short) || typeof(T) == typeof(short?))
            return Give(TryNarrow(value, out short integer), integer, out result);
        if (typeof(T) == typeof(ushort) || typeof(T) == typeof(ushort?))
            return Give(TryNarrow(value, out ushort integer), integer, out result);
        if (typeof(T) == typeof(byte) || typeof(T) == typeof(byte?))
            return Give(TryNarrow(value, out byte integer), integer, out result);
        if (typeof(T) == typeof(sbyte) || typeof(T) == typeof(sbyte?))
            return Give(TryNarrow(value, out sbyte integer), integer, out result);
        if (typeof(T) == typeof(float) || typeof(T) == typeof(float?))
            return Give(value.Kind == TupleValueKind.Float, value.Single, out result);
        if (typeof(T) == typeof(BigInteger) || typeof(T) == typeof(BigInteger?))
            return Give(value.Kind == TupleValueKind.Integer, value.BigInteger, out result);
        result = default;
        return false;
    }

    private static bool GiveReference<T>(bool isThere, object? found, [MaybeNullWhen(false)] out T result)
    {
        result = isThere ? (T)found! : default;
        return isThere;
    }

    // What T is has been decided: the type of the value, or its nullable form. A cast by way of object would make a box
    // until the method is compiled for good.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Give<TFound, T>(bool isThere, TFound found, [MaybeNullWhen(false)] out T result)
        where TFound : struct
    {
        if (!isThere)
            result = default;
        else if (typeof(T) == typeof(TFound))
            result = Unsafe.BitCast<TFound, T>(found);
        else
            result = Unsafe.BitCast<TFound?, T>(found);
        return isThere;
    }

    private static bool IsSmall(in TupleValue value) =>
        value.Kind == TupleValueKind.Integer && !value.IsBigInteger;

    private static bool TryInt64(in TupleValue value, out long result)
    {
        result = (long)value.Low;
        return IsSmall(value) && (long)value.High == result >> 63;
    }

    private static bool TryNarrow<TInteger>(in TupleValue value, out TInteger result)
        where TInteger : struct, IBinaryInteger<TInteger>
    {
        var fits = TryInt64(value, out var wide);
        result = TInteger.CreateTruncating(wide);
        return fits && long.CreateTruncating(result) == wide;
    }
}
