using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>An internal key that is looked for in a skip list, with its prefix at hand.</summary>
internal readonly ref struct SearchKey
{
    private readonly ref readonly byte _key;
    private readonly int _length;
    private readonly EntryTag _tag;
    private readonly ulong _prefix;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SearchKey(ReadOnlySpan<byte> key, EntryTag tag)
    {
        _key = ref MemoryMarshal.GetReference(key);
        _length = key.Length;
        _tag = tag;
        _prefix = InternalKey.PrefixOf(key);
    }

    /// <summary>True if a node orders before this key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool IsBehind(SkipListNode node)
    {
        var prefix = BinaryPrimitives.ReverseEndianness(*(ulong*)node.KeyBytes);
        return prefix != _prefix ? prefix < _prefix : CompareBehindPrefix(node) < 0;
    }

    /// <summary>True if a node has this key, whatever its version.</summary>
    public bool HasKeyOf(SkipListNode node) =>
        node.Key.SequenceEqual(MemoryMarshal.CreateReadOnlySpan(in _key, _length));

    /// <summary>True if a node has this key, version and kind.</summary>
    public bool IsAt(SkipListNode node) => node.Tag == _tag && HasKeyOf(node);

    // Prefixes are equal. If one key is shorter than that, the other has zeros where it ends, and length decides.
    private unsafe int CompareBehindPrefix(SkipListNode node)
    {
        var shared = Math.Min(node.KeyLength, _length);
        for (var at = sizeof(ulong); at < shared; at += sizeof(ulong))
        {
            // The last word may overlap the one before, whose bytes are known to be equal.
            var start = Math.Min(at, shared - sizeof(ulong));
            var left = Unsafe.ReadUnaligned<ulong>(node.KeyBytes + start);
            var right = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref Unsafe.AsRef(in _key), start));
            if (left != right)
                return BinaryPrimitives.ReverseEndianness(left).CompareTo(BinaryPrimitives.ReverseEndianness(right));
        }
        return node.KeyLength != _length ? node.KeyLength.CompareTo(_length) : node.Tag.CompareTo(_tag);
    }
}
