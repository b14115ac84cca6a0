using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// The order of stores that BTree relies on is all here and in BTreeNode.Insert and Truncate.
//
// How nodes fill: one that is full gives its upper half away, so in the long run they are about 70 % full. Ascending
// keys would leave them half full; but where a key comes behind the last of all, or right behind the one inserted
// before it, the left node keeps all that is before the new key.

/// <summary>The one who changes a <see cref="BTree"/>.</summary>
/// <remarks>For one thread at a time: whoever changes threads puts a lock or another hand-over in between.</remarks>
internal sealed class BTreeWriter(BTree tree, Arena arena)
{
    private const int Half = BTreeNode.SlotCount / 2;
    private const int AppendedFill = BTreeNode.SlotCount * 7 / 8;

    // The finger: where the last insertion went. Ascending ones go on from there without a search from the root.
    private uint _leaf;
    private int _index;
    private uint _entry;

    /// <summary>Grows with each split: what <see cref="Fetch"/> returned may be wrong since.</summary>
    public uint Splits { get; private set; }

    /// <summary>The last two insertions went into the same leaf.</summary>
    public bool IsRun { get; private set; }

    /// <summary>Finds the leaf that a key belongs to, and asks the cache for it.</summary>
    public uint Fetch(ReadOnlySpan<byte> key, EntryTag tag) => tree.NodeFor(new SearchKey(key, tag));

    /// <summary>Inserts an entry whose key and tag are not in the tree.</summary>
    /// <remarks><paramref name="knownLeaf"/> is what <see cref="Fetch"/> said, unless nodes were split since.</remarks>
    public void Insert(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value, uint knownLeaf = 0) =>
        Link(new SearchKey(key, tag), Write(key, tag, value), knownLeaf);

    /// <summary>Writes an entry that nobody finds until it is linked; returns its offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Write(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        var offset = arena.Allocate(Arena.RoundUp(MemTableEntry.SizeOf(key.Length, value.Length)));
        tree.EntryAt(offset).Write(key, tag, value);
        return offset;
    }

    /// <summary>Puts an entry that is written in its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Link(uint offset)
    {
        var entry = tree.EntryAt(offset);
        Link(new SearchKey(entry.Key, entry.Tag), offset, knownLeaf: 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Link(scoped in SearchKey target, uint offset, uint knownLeaf)
    {
        var isAscending = IsRun && target.IsBehind(tree.EntryAt(_entry)) && EndsBehind(_leaf, target);
        if (!isAscending)
            MoveFinger(knownLeaf != 0 ? knownLeaf : tree.NodeFor(target));
        var leaf = tree.At(_leaf);
        var window = leaf.WindowOf(target, tree);
        var index = isAscending && _index == leaf.Count - 1 ? leaf.Count : IndexFor(leaf, window, target);
        if (leaf.Count < BTreeNode.SlotCount)
            Insert(leaf, index, window, target, offset);
        else
            index = SplitAndInsert(leaf, index, isAscending, target, offset);
        _index = index;
        _entry = offset;
    }

    // Into a leaf with room. Mostly the windows beside it say that the key is a new one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Insert(BTreeNode leaf, int index, uint window, scoped in SearchKey target, uint entry)
    {
        var slot = BTreeNode.SlotOf(window, entry);
        if (leaf.HasWindowBeside(index, slot))
            InsertVersion(leaf, index, slot, target);
        else
            leaf.Insert(index, slot);
    }

    private void InsertVersion(BTreeNode leaf, int index, long slot, scoped in SearchKey target)
    {
        var window = BTreeNode.WindowOf(slot);
        if (index > 0 && HasKeyOf(leaf.Slot(index - 1), window, target))
            slot |= BTreeNode.OlderMark;
        var isNextOlder = index < leaf.Count && HasKeyOf(leaf.Slot(index), window, target);
        leaf.Insert(index, slot, isNextOlder ? BTreeNode.OlderMark : 0);
    }

    private bool HasKeyOf(long slot, uint window, scoped in SearchKey target) =>
        BTreeNode.WindowOf(slot) == window && target.HasKeyOf(tree.EntryAt(BTreeNode.OffsetOf(slot)));

    private void MoveFinger(uint leaf)
    {
        IsRun = leaf == _leaf;
        _leaf = leaf;
    }

    // True if a leaf is the last one, or the next one begins behind the key.
    private bool EndsBehind(uint leaf, scoped in SearchKey target)
    {
        var next = tree.At(leaf).Next;
        return next == 0 || tree.IsLowBehind(next, target);
    }

    private int IndexFor(BTreeNode leaf, uint window, scoped in SearchKey target)
    {
        var index = tree.Locate(leaf, window, target, out var slot);
        // Versions are given out once, and a batch has a key once. Different windows spare the look at the entry.
        var isTaken = slot != BTreeNode.Unused && BTreeNode.WindowOf(slot) == window &&
            target.IsAt(tree.EntryAt(BTreeNode.OffsetOf(slot)));
        Invariant.That(!isTaken);
        return index;
    }

    // Splits a full leaf and inserts into one of the two; the finger follows. Returns the index of the new slot.
    private int SplitAndInsert(BTreeNode left, int index, bool isAscending, scoped in SearchKey target, uint entry)
    {
        var isRun = isAscending && index == _index + 1;
        if (index == BTreeNode.SlotCount && (isRun || left.Next == 0))
        {
            _leaf = AppendLeaf(_leaf, target, entry);
            return 0;
        }
        var at = isRun && index > Half ? index : Half;
        var rightOffset = SplitLeaf(_leaf, at);
        if (index > at || (index == at && !tree.IsLowBehind(rightOffset, target)))
        {
            index -= at;
            left = tree.At(rightOffset);
            _leaf = rightOffset;
        }
        Insert(left, index, left.WindowOf(target, tree), target, entry);
        return index;
    }

    // Adds a leaf with a single entry behind a full one.
    private uint AppendLeaf(uint leftOffset, scoped in SearchKey target, uint entry)
    {
        var left = tree.At(leftOffset);
        var offset = arena.AllocateLines(BTreeNode.SizeBytes);
        var right = tree.At(offset);
        // What comes next is probably as similar to the new key as that is to the keys before it, up to a carry.
        var first = BTreeNode.OffsetOf(left.Slot(0));
        var prefixLength = Math.Max(0, CommonLength(first, entry) - 1);
        right.Clear(0, entry, LowTagOf(left, BTreeNode.SlotCount, entry), entry, Prefix(entry, prefixLength));
        right.Append(BTreeNode.SlotOf(right.WindowOf(target, tree), entry));
        Link(leftOffset, offset);
        AddChild(level: 1, offset);
        return offset;
    }

    private uint SplitLeaf(uint leftOffset, int at)
    {
        var left = tree.At(leftOffset);
        for (var index = at - 1; index < BTreeNode.SlotCount; index++)
            tree.FetchEntry(BTreeNode.OffsetOf(left.Slot(index)));
        var first = BTreeNode.OffsetOf(left.Slot(at));
        var offset = CopyUpper(left, at, first, LowTagOf(left, at, first));
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.BTreeGivesUpSlotsBeforeLinking)
        {
            left.Truncate(at);
            SeededBugs.Linger();
        }
#endif
        Link(leftOffset, offset);
        AddChild(level: 1, offset);
        left.Truncate(at);
        return offset;
    }

    // The bound between two leaves: all versions of a key on one side, unless the key has entries on both.
    private EntryTag LowTagOf(BTreeNode left, int at, uint first)
    {
        var last = tree.EntryAt(BTreeNode.OffsetOf(left.Slot(at - 1)));
        var entry = tree.EntryAt(first);
        return last.Key.SequenceEqual(entry.Key) ? entry.Tag : EntryTag.First;
    }

    private void Link(uint leftOffset, uint rightOffset)
    {
        var left = tree.At(leftOffset);
        var right = tree.At(rightOffset);
        var next = left.Next;
        right.Next = next;
        right.Previous = leftOffset;
        left.Next = rightOffset; // from here on readers find it
        if (next != 0)
            tree.At(next).Previous = rightOffset;
        Splits++;
    }

    // Makes a node of the slots from `at` on. Windows are copied while they still tell keys apart.
    private uint CopyUpper(BTreeNode node, int at, uint low, EntryTag lowTag)
    {
        var offset = arena.AllocateLines(BTreeNode.SizeBytes);
        var copy = tree.At(offset);
        var hasTies = CountTies(node, at) > 1;
        var prefixEntry = hasTies ? low : node.PrefixEntry;
        var prefixLength = hasTies ? CommonLength(low, KeyEntryOf(node, node.Count - 1)) : node.PrefixLength;
        copy.Clear(node.Level, low, lowTag, prefixEntry, Prefix(prefixEntry, prefixLength));
        for (var index = at; index < node.Count; index++)
            copy.Append(hasTies ? SlotFor(copy, node.Slot(index)) : node.Slot(index));
        return offset;
    }

    private static int CountTies(BTreeNode node, int begin)
    {
        var ties = 0;
        for (var index = begin + 1; index < node.Count; index++)
        {
            if (BTreeNode.WindowOf(node.Slot(index - 1)) == BTreeNode.WindowOf(node.Slot(index)))
                ties++;
        }
        return ties;
    }

    // The slot that leads where another one does, with the window that it has in a node.
    private long SlotFor(BTreeNode node, long slot)
    {
        var offset = BTreeNode.OffsetOf(slot);
        var entry = node.Level == 0 ? offset : tree.At(offset).Low;
        var mark = node.Level == 0 ? slot & BTreeNode.OlderMark : 0;
        return BTreeNode.SlotOf(entry == 0 ? 0 : WindowOf(node, entry), offset) | mark;
    }

    private uint WindowOf(BTreeNode node, uint entry) =>
        node.WindowOf(new SearchKey(tree.EntryAt(entry).Key, EntryTag.First), tree);

    // Tells the level above of a new node. Recursive: as deep as the tree is high.
    private void AddChild(int level, uint child)
    {
        if (tree.At(tree.Root).Level < level)
        {
            AddRoot(level, child);
            return;
        }
        var low = tree.At(child).Low;
        var target = new SearchKey(tree.EntryAt(low).Key, tree.At(child).LowTag);
        var node = tree.At(tree.NodeFor(target, level));
        var index = IndexAmongChildren(node, target);
        if (node.Count == BTreeNode.SlotCount)
        {
            var at = index == BTreeNode.SlotCount ? AppendedFill : Half;
            var right = SplitInner(node, at);
            if (index > at || (index == at && !tree.IsLowBehind(right, target)))
            {
                node = tree.At(right);
                index -= at;
            }
        }
        node.Insert(index, BTreeNode.SlotOf(node.WindowOf(target, tree), child));
    }

    private uint SplitInner(BTreeNode node, int at)
    {
        var first = tree.At(BTreeNode.OffsetOf(node.Slot(at)));
        var offset = CopyUpper(node, at, first.Low, first.LowTag);
        AddChild(node.Level + 1, offset);
        node.Truncate(at);
        return offset;
    }

    private void AddRoot(int level, uint right)
    {
        var left = tree.Root;
        var offset = arena.AllocateLines(BTreeNode.SizeBytes);
        var root = tree.At(offset);
        var first = KeyEntryOf(tree.At(left), 0);
        var last = KeyEntryOf(tree.At(right), tree.At(right).Count - 1);
        root.Clear(level, low: 0, EntryTag.First, first, Prefix(first, CommonLength(first, last)));
        root.Append(BTreeNode.SlotOf(0, left));
        root.Append(BTreeNode.SlotOf(WindowOf(root, tree.At(right).Low), right));
        tree.Root = offset;
    }

    private int IndexAmongChildren(BTreeNode node, scoped in SearchKey target)
    {
        var index = node.CountBelow(BTreeNode.SlotOf(node.WindowOf(target, tree), 0));
        while (index < node.Count && !tree.IsLowBehind(BTreeNode.OffsetOf(node.Slot(index)), target))
            index++;
        return index;
    }

    // An entry with the key of a slot; behind the first bound of a level, which is below all keys, with the next one's.
    private uint KeyEntryOf(BTreeNode node, int index)
    {
        var offset = BTreeNode.OffsetOf(node.Slot(index));
        if (node.Level == 0)
            return offset;
        var low = tree.At(offset).Low;
        return low != 0 ? low : tree.At(BTreeNode.OffsetOf(node.Slot(index + 1))).Low;
    }

    private ReadOnlySpan<byte> Prefix(uint entry, int length) =>
        length == 0 ? default : tree.EntryAt(entry).Key[..length];

    private int CommonLength(uint left, uint right) =>
        tree.EntryAt(left).Key.CommonPrefixLength(tree.EntryAt(right).Key);
}
