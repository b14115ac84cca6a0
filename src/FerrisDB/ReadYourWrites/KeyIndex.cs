using System.Buffers.Binary;

namespace FerrisDB;

// A directory of leaves, both sorted by key; a leaf has up to 64 slots in two parallel arrays.
//
//     directory  prefix of the first key   | a.... | f.... | m.... |     binary search, 8 bytes each
//                leaf                      |   0   |   2   |   1   |
//                                             |       |       '-----------------.
//     leaf 0     prefixes  | a b c ... |      leaf 2  | f g ... |      leaf 1  | m n o ... |
//                entries   | 0 7 3 ... |              | 4 1 ... |              | 2 6 5 ... |
//
// A prefix is the first eight bytes of the key as a number, so that most comparisons are one of two numbers in one
// array. To insert moves at most 63 slots, and once in 32 times the directory behind the leaf: with 100,000 keys that
// is 3,000 numbers. A small transaction has one leaf, which is a sorted array.

/// <summary>The entries of a <see cref="WriteStore"/> in the order of their keys.</summary>
internal sealed class KeyIndex(WriteStore store)
{
    private const int LeafSlots = 64;
    private const int KeptSlotsMax = 1 << 16;

    // By slot of leaf: leaf * LeafSlots + slot.
    private ulong[] _prefixes = [];
    private int[] _entries = [];

    // By leaf.
    private int[] _counts = [];
    private int _leavesMade;
    private readonly RecordList<int> _freeLeaves = new();

    // The directory, by rank. The first prefix of a leaf is repeated here so that the search stays in one array.
    private ulong[] _firstPrefixes = [];
    private int[] _leaves = [];
    private int _leafCount;

    public bool IsEmpty => _leafCount == 0;

    /// <summary>The last entry, or <see cref="IndexPosition.BeforeFirst"/>.</summary>
    public IndexPosition Last =>
        _leafCount == 0 ? IndexPosition.BeforeFirst : new(_leafCount - 1, _counts[_leaves[_leafCount - 1]] - 1);

    /// <summary>The number of the entry at a position that is not before the first.</summary>
    public int EntryAt(IndexPosition position) => _entries[(_leaves[position.Rank] * LeafSlots) + position.Slot];

    public bool TryNext(ref IndexPosition position)
    {
        if (_leafCount == 0)
            return false;
        if (position.Slot + 1 < _counts[_leaves[position.Rank]])
            position = position with { Slot = position.Slot + 1 };
        else if (position.Rank + 1 < _leafCount)
            position = new(position.Rank + 1, 0);
        else
            return false;
        return true;
    }

    /// <summary>The entry before, or <see cref="IndexPosition.BeforeFirst"/>.</summary>
    public IndexPosition Previous(IndexPosition position)
    {
        if (position.Slot > 0 || position.Rank == 0)
            return position with { Slot = position.Slot - 1 };
        var rank = position.Rank - 1;
        return new(rank, _counts[_leaves[rank]] - 1);
    }

    /// <summary>The last entry whose key is not above <paramref name="key"/>.</summary>
    public IndexPosition Floor(ReadOnlySpan<byte> key, out bool isExact)
    {
        isExact = false;
        if (_leafCount == 0)
            return IndexPosition.BeforeFirst;
        var prefix = Prefix(key);

        // Many transactions write in ascending order.
        var last = Last;
        var order = Compare(prefix, key, (_leaves[last.Rank] * LeafSlots) + last.Slot);
        if (order >= 0)
        {
            isExact = order == 0;
            return last;
        }
        var rank = FloorLeaf(prefix, key);
        return rank < 0 ? IndexPosition.BeforeFirst : new(rank, FloorSlot(_leaves[rank], prefix, key, out isExact));
    }

    /// <summary>Inserts an entry whose key comes directly behind that of a position.</summary>
    public void InsertAfter(IndexPosition position, int entry)
    {
        var prefix = Prefix(store.Key(entry));
        var rank = position.Rank;
        var slot = position.Slot + 1;
        if (_leafCount == 0)
            InsertLeaf(0, prefix);
        else if (_counts[_leaves[rank]] == LeafSlots)
            MakeRoom(ref rank, ref slot, prefix);
        var leaf = _leaves[rank];
        var count = _counts[leaf]++;
        var at = (leaf * LeafSlots) + slot;
        EnsureSlots((leaf * LeafSlots) + count + 1);
        if (slot < count)
        {
            Array.Copy(_prefixes, at, _prefixes, at + 1, count - slot);
            Array.Copy(_entries, at, _entries, at + 1, count - slot);
        }
        _prefixes[at] = prefix;
        _entries[at] = entry;
        if (slot == 0)
            _firstPrefixes[rank] = prefix;
    }

    /// <summary>Removes what lies behind <paramref name="after"/>, up to <paramref name="through"/>.</summary>
    public void RemoveRange(IndexPosition after, IndexPosition through)
    {
        if (through.IsBeforeFirst || after == through)
            return;
        if (after.Rank == through.Rank)
        {
            RemoveSlots(after.Rank, after.Slot + 1, through.Slot + 1);
            if (_counts[_leaves[after.Rank]] == 0)
                RemoveLeaves(after.Rank, after.Rank + 1);
            return;
        }
        RemoveSlots(through.Rank, 0, through.Slot + 1);
        RemoveSlots(after.Rank, after.Slot + 1, _counts[_leaves[after.Rank]]);
        var first = _counts[_leaves[after.Rank]] == 0 ? after.Rank : after.Rank + 1;
        var end = _counts[_leaves[through.Rank]] == 0 ? through.Rank + 1 : through.Rank;
        RemoveLeaves(first, end);
    }

    /// <summary>Becomes a copy of the index of another store, which this one's is a copy of.</summary>
    public void CopyFrom(KeyIndex other)
    {
        (_prefixes, _entries, _counts) = ([.. other._prefixes], [.. other._entries], [.. other._counts]);
        (_firstPrefixes, _leaves) = ([.. other._firstPrefixes], [.. other._leaves]);
        (_leavesMade, _leafCount) = (other._leavesMade, other._leafCount);
        _freeLeaves.CopyFrom(other._freeLeaves);
    }

    public void Clear()
    {
        _leafCount = 0;
        _leavesMade = 0;
        _freeLeaves.Clear();
        if (_prefixes.Length <= KeptSlotsMax)
            return;
        (_prefixes, _entries, _counts) = ([], [], []);
        (_firstPrefixes, _leaves) = ([], []);
    }

    private static ulong Prefix(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        var prefix = 0UL;
        for (var index = 0; index < key.Length; index++)
            prefix |= (ulong)key[index] << (56 - (8 * index));
        return prefix;
    }

    private int Compare(ulong prefix, ReadOnlySpan<byte> key, int slot)
    {
        var other = _prefixes[slot];
        return prefix != other ? prefix.CompareTo(other) : key.SequenceCompareTo(store.Key(_entries[slot]));
    }

    // The last leaf whose first key is not above the key.
    private int FloorLeaf(ulong prefix, ReadOnlySpan<byte> key)
    {
        var low = 0;
        var high = _leafCount;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            var other = _firstPrefixes[middle];
            var isBelow = prefix != other ? prefix < other : Compare(prefix, key, _leaves[middle] * LeafSlots) < 0;
            if (isBelow)
                high = middle;
            else
                low = middle + 1;
        }
        return low - 1;
    }

    private int FloorSlot(int leaf, ulong prefix, ReadOnlySpan<byte> key, out bool isExact)
    {
        isExact = false;
        var low = 0;
        var high = _counts[leaf];
        while (low < high)
        {
            var middle = (low + high) >> 1;
            var order = Compare(prefix, key, (leaf * LeafSlots) + middle);
            if (order == 0)
            {
                isExact = true;
                return middle;
            }
            if (order < 0)
                high = middle;
            else
                low = middle + 1;
        }
        return low - 1;
    }

    // Splits a full leaf: in half, or, where keys come in ascending order, so that the full one stays full.
    private void MakeRoom(ref int rank, ref int slot, ulong prefix)
    {
        if (slot == LeafSlots && rank == _leafCount - 1)
        {
            InsertLeaf(++rank, prefix);
            slot = 0;
            return;
        }
        const int Half = LeafSlots / 2;
        var from = (_leaves[rank] * LeafSlots) + Half;
        var leaf = InsertLeaf(rank + 1, _prefixes[from]);
        EnsureSlots((leaf * LeafSlots) + LeafSlots);
        Array.Copy(_prefixes, from, _prefixes, leaf * LeafSlots, Half);
        Array.Copy(_entries, from, _entries, leaf * LeafSlots, Half);
        _counts[leaf] = Half;
        _counts[_leaves[rank]] = Half;
        if (slot > Half)
        {
            rank++;
            slot -= Half;
        }
    }

    private int InsertLeaf(int rank, ulong firstPrefix)
    {
        var leaf = _freeLeaves.Count > 0 ? _freeLeaves.Pop() : _leavesMade++;
        Grow(ref _counts, leaf + 1, smallest: 4);
        Grow(ref _leaves, _leafCount + 1, smallest: 4);
        Grow(ref _firstPrefixes, _leafCount + 1, smallest: 4);
        Array.Copy(_leaves, rank, _leaves, rank + 1, _leafCount - rank);
        Array.Copy(_firstPrefixes, rank, _firstPrefixes, rank + 1, _leafCount - rank);
        _counts[leaf] = 0;
        _leaves[rank] = leaf;
        _firstPrefixes[rank] = firstPrefix;
        _leafCount++;
        return leaf;
    }

    private void RemoveSlots(int rank, int first, int end)
    {
        var leaf = _leaves[rank];
        var count = _counts[leaf];
        var start = leaf * LeafSlots;
        Array.Copy(_prefixes, start + end, _prefixes, start + first, count - end);
        Array.Copy(_entries, start + end, _entries, start + first, count - end);
        _counts[leaf] = count - (end - first);
        if (_counts[leaf] > 0)
            _firstPrefixes[rank] = _prefixes[start];
    }

    private void RemoveLeaves(int first, int end)
    {
        for (var rank = first; rank < end; rank++)
            _freeLeaves.Add(_leaves[rank]);
        Array.Copy(_leaves, end, _leaves, first, _leafCount - end);
        Array.Copy(_firstPrefixes, end, _firstPrefixes, first, _leafCount - end);
        _leafCount -= end - first;
    }

    private void EnsureSlots(int needed)
    {
        Grow(ref _prefixes, needed, smallest: 8);
        Grow(ref _entries, needed, smallest: 8);
    }

    private static void Grow<T>(ref T[] array, int needed, int smallest)
    {
        if (needed > array.Length)
            Array.Resize(ref array, Math.Max(Math.Max(needed, smallest), array.Length * 2));
    }
}
