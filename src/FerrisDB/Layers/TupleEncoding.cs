using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Layers;

/// <summary>
/// Tuples as bytes that have the order of the tuples: keys with more than one part, without thinking about separators.
/// </summary>
/// <remarks>
/// <para>Each argument is one element, so <c>Pack("users", 42)</c> is a tuple of two, and a C# tuple among the
/// arguments, as in <c>Pack("at", (3, 7))</c>, is a nested one. What is packed can be read by FoundationDB's bindings,
/// and the other way round.</para>
/// <para>All members may be called by any number of threads. Mostly one wants a <see cref="Subspace"/>, which does the
/// same below a prefix.</para>
/// </remarks>
public static class TupleEncoding
{
    /// <summary>Packs a tuple.</summary>
    /// <param name="elements">The elements. A single null is <see cref="TupleValue.Null"/>.</param>
    /// <returns>The bytes, in an array of their own: the only allocation.</returns>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidTupleDataType"/>: a string that is no valid
    /// UTF-16, an integer of more than 255 bytes, tuples nested more than 100 deep, or an incomplete versionstamp.
    /// </exception>
    public static byte[] Pack(params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.Pack([], elements);

    /// <summary>Packs a tuple to the end of <paramref name="output"/>, allocating nothing.</summary>
    /// <inheritdoc cref="Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public static void PackTo(IBufferWriter<byte> output, params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.PackTo(output, [], elements);

    /// <summary>Packs a tuple to the start of <paramref name="destination"/>, allocating nothing.</summary>
    /// <returns>False, and nothing written, if the destination is too short.</returns>
    /// <inheritdoc cref="Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public static bool TryPack(
        Span<byte> destination, out int bytesWritten, params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.TryPack(destination, out bytesWritten, [], elements);

    /// <summary>
    /// Packs a tuple with one incomplete versionstamp into the operand of
    /// <see cref="MutationType.SetVersionstampedKey"/> or <see cref="MutationType.SetVersionstampedValue"/>: behind the
    /// tuple come four bytes that tell where the commit writes its version.
    /// </summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidTupleDataType"/>: as for
    /// <see cref="Pack(ReadOnlySpan{TupleValue})"/>, or there is no incomplete versionstamp, or more than one.
    /// </exception>
    public static byte[] PackWithVersionstamp(params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.PackWithVersionstamp([], elements);

    /// <summary>All tuples that begin with these elements and have more: not the tuple itself.</summary>
    /// <inheritdoc cref="Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public static KeyRange Range(params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.Range([], elements);

    /// <summary>Unpacks a tuple of any form.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidTupleDataType"/>: these bytes are no tuple.
    /// </exception>
    public static TupleValue[] Unpack(ReadOnlySpan<byte> packed)
    {
        var reader = new TupleReader(packed);
        while (!reader.IsAtEnd)
            reader.Skip();
        var elements = new TupleValue[reader.Index];
        reader = new TupleReader(packed);
        foreach (ref var element in elements.AsSpan())
            element = reader.Read();
        return elements;
    }

    /// <summary>Unpacks a tuple of one element.</summary>
    /// <inheritdoc cref="Unpack{T1, T2}(ReadOnlySpan{byte})" path="/exception"/>
    public static T Unpack<T>(ReadOnlySpan<byte> packed)
    {
        var reader = new TupleReader(packed);
        var element = reader.Read<T>();
        reader.ThrowUnlessAtEnd();
        return element;
    }

    /// <summary>
    /// Unpacks a tuple of two elements. <see cref="TupleValue.As{T}"/> tells which types there are; an element that may
    /// be of any kind is read as <see cref="TupleValue"/>, a nested tuple as an array of them.
    /// </summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidTupleDataType"/>: these bytes are no tuple, or an
    /// element is of another type. <see cref="ErrorCode.InvalidTupleIndex"/>: there are more elements, or fewer.
    /// </exception>
    public static (T1 First, T2 Second) Unpack<T1, T2>(ReadOnlySpan<byte> packed)
    {
        var reader = new TupleReader(packed);
        var elements = (reader.Read<T1>(), reader.Read<T2>());
        reader.ThrowUnlessAtEnd();
        return elements;
    }

    /// <summary>Unpacks a tuple of three elements.</summary>
    /// <inheritdoc cref="Unpack{T1, T2}(ReadOnlySpan{byte})" path="/exception"/>
    public static (T1 First, T2 Second, T3 Third) Unpack<T1, T2, T3>(ReadOnlySpan<byte> packed)
    {
        var reader = new TupleReader(packed);
        var elements = (reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>());
        reader.ThrowUnlessAtEnd();
        return elements;
    }

    /// <summary>Unpacks a tuple of four elements.</summary>
    /// <inheritdoc cref="Unpack{T1, T2}(ReadOnlySpan{byte})" path="/exception"/>
    public static (T1 First, T2 Second, T3 Third, T4 Fourth) Unpack<T1, T2, T3, T4>(ReadOnlySpan<byte> packed)
    {
        var reader = new TupleReader(packed);
        var elements = (reader.Read<T1>(), reader.Read<T2>(), reader.Read<T3>(), reader.Read<T4>());
        reader.ThrowUnlessAtEnd();
        return elements;
    }

    /// <summary>Unpacks a tuple of any form; false if these bytes are none.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, [MaybeNullWhen(false)] out TupleValue[] elements)
    {
        elements = null;
        var count = 0;
        for (var position = 0; position < packed.Length; count++)
        {
            if (!TupleDecoder.TrySkip(packed, ref position, out _))
                return false;
        }
        var found = new TupleValue[count];
        var reader = new TupleReader(packed);
        foreach (ref var element in found.AsSpan())
        {
            if (!reader.TryRead(out element))
                return false;
        }
        elements = found;
        return true;
    }

    /// <summary>Unpacks a tuple of one element; false if these bytes are none, or of another type.</summary>
    public static bool TryUnpack<T>(ReadOnlySpan<byte> packed, [MaybeNullWhen(false)] out T element)
    {
        var reader = new TupleReader(packed);
        return reader.TryRead(out element) && reader.IsAtEnd;
    }

    /// <summary>Unpacks a tuple of two elements; false if these bytes are none, or of other types.</summary>
    public static bool TryUnpack<T1, T2>(
        ReadOnlySpan<byte> packed, [MaybeNullWhen(false)] out T1 first, [MaybeNullWhen(false)] out T2 second)
    {
        var reader = new TupleReader(packed);
        second = default;
        return reader.TryRead(out first) && reader.TryRead(out second) && reader.IsAtEnd;
    }

    /// <summary>Unpacks a tuple of three elements; false if these bytes are none, or of other types.</summary>
    public static bool TryUnpack<T1, T2, T3>(
        ReadOnlySpan<byte> packed,
        [MaybeNullWhen(false)] out T1 first,
        [MaybeNullWhen(false)] out T2 second,
        [MaybeNullWhen(false)] out T3 third)
    {
        var reader = new TupleReader(packed);
        second = default;
        third = default;
        return reader.TryRead(out first) && reader.TryRead(out second) && reader.TryRead(out third) && reader.IsAtEnd;
    }

    /// <summary>Unpacks a tuple of four elements; false if these bytes are none, or of other types.</summary>
    public static bool TryUnpack<T1, T2, T3, T4>(
        ReadOnlySpan<byte> packed,
        [MaybeNullWhen(false)] out T1 first,
        [MaybeNullWhen(false)] out T2 second,
        [MaybeNullWhen(false)] out T3 third,
        [MaybeNullWhen(false)] out T4 fourth)
    {
        var reader = new TupleReader(packed);
        second = default;
        third = default;
        fourth = default;
        return reader.TryRead(out first) && reader.TryRead(out second) && reader.TryRead(out third)
            && reader.TryRead(out fourth) && reader.IsAtEnd;
    }
}
