using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Layers;

/// <summary>
/// A part of the keys: all that begin with one prefix. What it packs lies in it, what it unpacks has the prefix taken
/// off, and subspaces have subspaces.
/// </summary>
/// <remarks>
/// <para>Each argument is one element, as for <see cref="TupleEncoding"/>: with
/// <c>var users = new Subspace("users")</c>, <c>users.Pack("ada", 42)</c> is the key of
/// <c>("users", "ada", 42)</c>, and <c>var (name, id) = users.Unpack&lt;string, long&gt;(key)</c> reads it.</para>
/// <para>Immutable; any number of threads may use it. It knows no database and costs nothing to keep.</para>
/// </remarks>
public class Subspace
{
    private readonly byte[] _prefix;

    /// <summary>Creates the subspace of all tuples that begin with these elements; without any, of all keys.</summary>
    /// <inheritdoc cref="TupleEncoding.Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public Subspace(params ReadOnlySpan<TupleValue> elements) => _prefix = TupleEncoding.Pack(elements);

    private protected Subspace(RawPrefix prefix) => _prefix = prefix.Bytes;

    /// <summary>What all keys of the subspace begin with.</summary>
    public ReadOnlyMemory<byte> Prefix => PrefixForKeys;

    // A partition of the directory layer has no keys of its own, and refuses here.
    private protected virtual byte[] PrefixForKeys => _prefix;

    internal byte[] PrefixBytes => _prefix;

    /// <summary>The subspace below this one for an element: <c>users["ada"]</c>.</summary>
    /// <inheritdoc cref="TupleEncoding.Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public Subspace this[TupleValue element] => Sub(element);

    /// <summary>The subspace of all keys that begin with these bytes, as they are.</summary>
    public static Subspace FromPrefix(ReadOnlySpan<byte> prefix) => new(new RawPrefix(prefix.ToArray()));

    /// <summary>The subspace below this one for some elements.</summary>
    /// <inheritdoc cref="TupleEncoding.Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public Subspace Sub(params ReadOnlySpan<TupleValue> elements) => new(new RawPrefix(Pack(elements)));

    /// <summary>Packs a key of the subspace; without elements, the prefix itself.</summary>
    /// <inheritdoc cref="TupleEncoding.Pack(ReadOnlySpan{TupleValue})" path="/*[not(self::summary)]"/>
    public byte[] Pack(params ReadOnlySpan<TupleValue> elements) => PrefixedTuple.Pack(PrefixForKeys, elements);

    /// <summary>Packs a key of the subspace to the end of <paramref name="output"/>, allocating nothing.</summary>
    /// <inheritdoc cref="TupleEncoding.Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public void PackTo(IBufferWriter<byte> output, params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.PackTo(output, PrefixForKeys, elements);

    /// <summary>
    /// Packs a key of the subspace to the start of <paramref name="destination"/>, allocating nothing.
    /// </summary>
    /// <inheritdoc cref="TupleEncoding.TryPack" path="/*[not(self::summary)]"/>
    public bool TryPack(Span<byte> destination, out int bytesWritten, params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.TryPack(destination, out bytesWritten, PrefixForKeys, elements);

    /// <summary>
    /// Packs a key with one incomplete versionstamp into the operand of
    /// <see cref="MutationType.SetVersionstampedKey"/>.
    /// </summary>
    /// <inheritdoc cref="TupleEncoding.PackWithVersionstamp" path="/exception"/>
    public byte[] PackWithVersionstamp(params ReadOnlySpan<TupleValue> elements) =>
        PrefixedTuple.PackWithVersionstamp(PrefixForKeys, elements);

    /// <summary>
    /// All keys of the subspace whose tuples begin with these elements and have more: without any, all tuples of the
    /// subspace, though not the prefix itself.
    /// </summary>
    /// <inheritdoc cref="TupleEncoding.Pack(ReadOnlySpan{TupleValue})" path="/exception"/>
    public KeyRange Range(params ReadOnlySpan<TupleValue> elements) => PrefixedTuple.Range(PrefixForKeys, elements);

    /// <summary>True if the key begins with the prefix, whatever follows.</summary>
    public bool Contains(ReadOnlySpan<byte> key) => key.StartsWith(PrefixForKeys);

    /// <summary>Unpacks a key of any form.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.KeyNotInSubspace"/>: the key does not begin with the
    /// prefix. <see cref="ErrorCode.InvalidTupleDataType"/>: what follows is no tuple.</exception>
    public TupleValue[] Unpack(ReadOnlySpan<byte> key) => TupleEncoding.Unpack(Inner(key));

    /// <summary>Unpacks a key of one element.</summary>
    /// <inheritdoc cref="Unpack{T1, T2}(ReadOnlySpan{byte})" path="/exception"/>
    public T Unpack<T>(ReadOnlySpan<byte> key) => TupleEncoding.Unpack<T>(Inner(key));

    /// <summary>Unpacks a key of two elements: see <see cref="TupleEncoding"/>.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.KeyNotInSubspace"/>: the key does not begin with the
    /// prefix. <see cref="ErrorCode.InvalidTupleDataType"/>: what follows is no tuple, or an element is of another
    /// type. <see cref="ErrorCode.InvalidTupleIndex"/>: there are more elements, or fewer.</exception>
    public (T1 First, T2 Second) Unpack<T1, T2>(ReadOnlySpan<byte> key) => TupleEncoding.Unpack<T1, T2>(Inner(key));

    /// <summary>Unpacks a key of three elements.</summary>
    /// <inheritdoc cref="Unpack{T1, T2}(ReadOnlySpan{byte})" path="/exception"/>
    public (T1 First, T2 Second, T3 Third) Unpack<T1, T2, T3>(ReadOnlySpan<byte> key) =>
        TupleEncoding.Unpack<T1, T2, T3>(Inner(key));

    /// <summary>Unpacks a key of four elements.</summary>
    /// <inheritdoc cref="Unpack{T1, T2}(ReadOnlySpan{byte})" path="/exception"/>
    public (T1 First, T2 Second, T3 Third, T4 Fourth) Unpack<T1, T2, T3, T4>(ReadOnlySpan<byte> key) =>
        TupleEncoding.Unpack<T1, T2, T3, T4>(Inner(key));

    /// <summary>Unpacks a key of any form; false if it lies elsewhere or is no tuple.</summary>
    public bool TryUnpack(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TupleValue[] elements)
    {
        elements = null;
        return Contains(key) && TupleEncoding.TryUnpack(Inner(key), out elements);
    }

    /// <summary>Reads a key element by element.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.KeyNotInSubspace"/>: the key does not begin with the
    /// prefix.</exception>
    public TupleReader Read(ReadOnlySpan<byte> key) => new(Inner(key));

    /// <summary>The prefix as a tuple if it is one, else as bytes.</summary>
    public override string ToString() => TupleEncoding.TryUnpack(_prefix, out var elements)
        ? $"Subspace{TupleText.Format(elements)}"
        : $"Subspace({TupleText.Format(_prefix)})";

    private ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> key) => Contains(key)
        ? key[_prefix.Length..]
        : throw new FerrisException(
            ErrorCode.KeyNotInSubspace, $"The key {TupleText.Format(key.ToArray())} does not lie in {this}.");
}
