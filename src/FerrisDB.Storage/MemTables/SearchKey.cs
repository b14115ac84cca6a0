using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>An internal key that is looked for in a MemTable, with its prefix at hand.</summary>
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

    /// <summary>Orders before every entry.</summary>
    public static SearchKey First => new(default, EntryTag.First);

    /// <summary>True if an entry orders before this key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool IsBehind(MemTableEntry entry)
    {
        var prefix = BinaryPrimitives.ReverseEndianness(*(ulong*)entry.KeyBytes);
        return prefix != _prefix ? prefix < _prefix : CompareBehindPrefix(entry, entry.Tag) < 0;
    }

    /// <summary>True if the key of an entry, with another tag, orders behind this key.</summary>
    public unsafe bool IsBefore(MemTableEntry entry, EntryTag tag)
    {
        var prefix = BinaryPrimitives.ReverseEndianness(*(ulong*)entry.KeyBytes);
        return prefix != _prefix ? prefix > _prefix : CompareBehindPrefix(entry, tag) > 0;
    }

    /// <summary>The four bytes of the key from an offset on as a number, with zeros where it ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint WindowAt(int offset)
    {
        if (offset <= sizeof(ulong) - sizeof(uint))
            return (uint)(_prefix << (8 * offset) >> 32);
        if (offset + sizeof(uint) <= _length)
            return BinaryPrimitives.ReverseEndianness(
                Unsafe.ReadUnaligned<uint>(in Unsafe.Add(ref Unsafe.AsRef(in _key), offset)));
        return offset >= _length ? 0 : (uint)(InternalKey.PrefixOf(Key[offset..]) >> 32);
    }

    /// <summary>Zero if the key begins with these bytes; else which of the two orders first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ComparePrefix(ReadOnlySpan<byte> prefix) =>
        _length >= prefix.Length && Key[..prefix.Length].SequenceEqual(prefix) ? 0 : Key.SequenceCompareTo(prefix);

    /// <summary>True if an entry has this key, whatever its version.</summary>
    public bool HasKeyOf(MemTableEntry entry) => entry.Key.SequenceEqual(Key);

    /// <summary>True if an entry has this key, version and kind.</summary>
    public bool IsAt(MemTableEntry entry) => entry.Tag == _tag && HasKeyOf(entry);

    private ReadOnlySpan<byte> Key => MemoryMarshal.CreateReadOnlySpan(in _key, _length);

    // Prefixes are equal. If one key is shorter than that, the other has zeros where it ends, and length decides.
    private unsafe int CompareBehindPrefix(MemTableEntry entry, EntryTag tag)
    {
        var shared = Math.Min(entry.KeyLength, _length);
        for (var at = sizeof(ulong); at < shared; at += sizeof(ulong))
        {
            // The last word may overlap the one before, whose bytes are known to be equal.
            var start = Math.Min(at, shared - sizeof(ulong));
            var left = Unsafe.ReadUnaligned<ulong>(entry.KeyBytes + start);
            var right = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref Unsafe.AsRef(in _key), start));
            if (left != right)
                return BinaryPrimitives.ReverseEndianness(left).CompareTo(BinaryPrimitives.ReverseEndianness(right));
        }
        return entry.KeyLength != _length ? entry.KeyLength.CompareTo(_length) : tag.CompareTo(_tag);
    }
}
