using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// A B+tree (Bayer and McCreight 1972) with links between its leaves (Lehman and Yao 1981) whose slots are shifted under
// the eyes of readers (Hwang, Kim, Won, Nam: "Endurable Transient Inconsistency in Byte-Addressable Persistent
// B+-Tree", 2018). Entries are in the leaves alone; 64 slots of eight bytes decide a level mostly without looking at
// keys:
//
//     level 2                    [ -inf          m         ]
//                                   |            |
//     level 1         [ -inf   d    h ]       [ m    s ]
//                        |     |    |           |    |
//     leaves          [a b c]>[d g]>[h k l]>[m n p]>[s u]      > next; previous points back
//                      | | |   | |   ...                       entries, anywhere in the arena
//
// One writer at a time, any number of readers, who take no lock, never wait and never write. What readers rely on:
//
//   1 An entry, and a new node, is written whole before a slot or link leads to it; slots and links are stored with
//     release and loaded with acquire. So nobody meets half of anything.
//   2 Slots are in order at every moment. To make room, they move one to the right, the last one first, each a store of
//     its own: for a moment a slot is there twice, but never gone. They never move left.
//   3 A node that is full is split: a new one to its right gets a copy of the upper slots, the left one is linked to
//     it, the level above gets a slot for it, and only then the left one gives up the copied slots, the last one first.
//     So what is in a node stays in it or in those that follow it, for ever, and a node's low bound never changes.
//
// From that: a reader who has seen a slot before its target at place i knows for ever that the target's place in this
// node is behind i, or in a node that follows. Whatever happens while it counts, it never arrives too far to the right;
// when it is too far to the left it walks on. Levels above the leaves only say where to begin, so they need no links.
// The marks of older versions (BTreeNode) hold in the same way: at every moment, a marked slot has the key of the slot
// before it. A reader passes them one after the other, and if its own slot is then still where it was, nothing before
// that was moved, and what it has passed are versions of its key: whatever came in between has that key too.
// Walking left is the reverse of how slots move: having read the slot before its own, a reader looks whether its own is
// still where it was; if so they were neighbours, else it looks again. It repeats only what a writer has overtaken.
//
// On processors that reorder loads (ARM64), Volatile.Read and the barrier in CountBelow keep "later in the program" and
// "later in time" the same for the loads that this reasoning compares.

/// <summary>
/// A sorted tree of entries in an arena, made for caches: one thread writes, any number of threads read and never wait.
/// </summary>
internal sealed unsafe class BTree
{
    private readonly byte* _base;
    private uint _root;

    public BTree(Arena arena)
    {
        _base = arena.Base;
        _root = arena.AllocateLines(BTreeNode.SizeBytes);
        At(_root).Clear(level: 0, low: 0, EntryTag.First, prefixEntry: 0, prefix: default);
    }

    /// <summary>The offset of the node that everything is below. Written by the writer alone.</summary>
    public uint Root
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _root);
        set => Volatile.Write(ref _root, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BTreeNode At(uint offset) => new(_base + ((nint)offset * Arena.Granularity));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MemTableEntry EntryAt(uint offset) => new(_base + ((nint)offset * Arena.Granularity));

    /// <summary>Asks the cache for the first lines of an entry. Harmless for any number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FetchEntry(uint offset)
    {
        var address = _base + ((nint)offset * Arena.Granularity);
        Prefetch.Line(address);
        Prefetch.Line(address + Arena.CacheLineBytes);
        Prefetch.Line(address + (2 * Arena.CacheLineBytes));
    }

    /// <summary>
    /// The offset of the node of a level that a key belongs to; or of one to the left of that, after a split.
    /// </summary>
    public uint NodeFor(scoped in SearchKey target, int level = 0)
    {
        var offset = Root;
        var node = At(offset);
        while (node.Level > level)
        {
            offset = ChildFor(node, target);
            node = At(offset);
            node.Fetch();
        }
        return offset;
    }

    /// <summary>The place of the first entry at or behind a key.</summary>
    public bool TryFindAtOrBehind(scoped in SearchKey target, out BTreePlace place) =>
        TryFindAtOrBehind(NodeFor(target), target, out place);

    /// <summary>The first entry at or behind a key, if it is an entry of the same user key.</summary>
    public bool TryFind(scoped in SearchKey target, out MemTableEntry entry)
    {
        var leaf = NodeFor(target);
        do
        {
            var node = At(leaf);
            var window = node.WindowOf(target, this);
            Locate(node, window, target, out var slot);
            if (slot != BTreeNode.Unused)
            {
                // Mostly the window knows that the key is absent, which spares the miss of looking at the entry.
                entry = EntryAt(BTreeNode.OffsetOf(slot));
                return BTreeNode.WindowOf(slot) == window && target.HasKeyOf(entry);
            }
            leaf = node.Next;
        }
        while (leaf != 0);
        entry = default;
        return false;
    }

    /// <summary>As <see cref="TryFindAtOrBehind(in SearchKey, out BTreePlace)"/>, if it is in one leaf.</summary>
    public bool TryFindIn(uint leaf, scoped in SearchKey target, out BTreePlace place)
    {
        var node = At(leaf);
        var index = Locate(node, node.WindowOf(target, this), target, out var slot);
        place = slot != BTreeNode.Unused ? new BTreePlace(leaf, index, BTreeNode.OffsetOf(slot)) : default;
        return slot != BTreeNode.Unused;
    }

    /// <summary>As <see cref="TryFindAtOrBehind(in SearchKey, out BTreePlace)"/>, from a leaf to the right.</summary>
    public bool TryFindAtOrBehind(uint leaf, scoped in SearchKey target, out BTreePlace place)
    {
        while (leaf != 0)
        {
            if (TryFindIn(leaf, target, out place))
                return true;
            leaf = At(leaf).Next;
        }
        place = default;
        return false;
    }

    /// <summary>The place of the last entry before a key, from a leaf on that it is in or to the right of.</summary>
    public bool TryFindBefore(uint leaf, scoped in SearchKey target, out BTreePlace place)
    {
        place = default;
        while (leaf != 0)
        {
            var isFollowed = FindBeforeIn(leaf, target, ref place);
            if (isFollowed && place.IsEntry)
                return true;
            // Either all of the leaf is behind the target, and all of the one to the left is before it; or all of the
            // leaf is before the target, and what follows may have more of that.
            leaf = isFollowed ? At(leaf).Previous : At(leaf).Next;
        }
        return place.IsEntry;
    }

    /// <summary>The place of the last entry.</summary>
    public bool TryFindLast(out BTreePlace place)
    {
        place = default;
        var leaf = LastLeaf();
        while (true)
        {
            var node = At(leaf);
            var count = node.CountBelow(BTreeNode.Unused);
            var last = count > 0 ? node.Slot(count - 1) : BTreeNode.Unused;
            var isLast = count == BTreeNode.SlotCount || node.Slot(count) == BTreeNode.Unused;
            // Behind the slots: if it has no successor now, nothing had left it before.
            var next = node.Next;
            if (next != 0)
                leaf = next;
            else if (count == 0)
                return false;
            else if (isLast && last != BTreeNode.Unused)
            {
                place = new BTreePlace(leaf, count - 1, BTreeNode.OffsetOf(last));
                return true;
            }
        }
    }

    /// <summary>The leaf with the smallest entries: always the same one.</summary>
    public uint FirstLeaf()
    {
        var offset = Root;
        while (At(offset).Level > 0)
            offset = BTreeNode.OffsetOf(At(offset).Slot(0));
        return offset;
    }

    /// <summary>
    /// The index of the first slot of a leaf that is not before a key, whose window there is known, and the slot; the
    /// slot is Unused if there is none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Locate(BTreeNode leaf, uint window, scoped in SearchKey target, out long slot)
    {
        var index = leaf.CountBelow(BTreeNode.SlotOf(window, 0));
        if (index < BTreeNode.SlotCount)
        {
            slot = leaf.Slot(index);
            if (slot == BTreeNode.Unused || BTreeNode.WindowOf(slot) > window)
                return index;
            return LocateAmongTies(leaf, index, window, target, out slot);
        }
        slot = BTreeNode.Unused;
        return index;
    }

    private int LocateAmongTies(BTreeNode leaf, int index, uint window, scoped in SearchKey target, out long slot)
    {
        FetchEntry(BTreeNode.OffsetOf(leaf.Slot(index)));
        // Mostly it is the first one; if not, halve what is left. Walking on alone decides, all else is a shortcut.
        if (IsBefore(leaf.Slot(index), window, target))
        {
            index++;
            for (var end = leaf.CountBelow(BTreeNode.SlotOf(window, uint.MaxValue)); end - index > 1;)
            {
                var middle = (int)((uint)(index + end) / 2);
                if (IsBefore(leaf.Slot(middle), window, target))
                    index = middle + 1;
                else
                    end = middle;
            }
        }
        for (; index < BTreeNode.SlotCount; index++)
        {
            slot = leaf.Slot(index);
            if (slot == BTreeNode.Unused || !IsBefore(slot, window, target))
                return index;
        }
        slot = BTreeNode.Unused;
        return index;
    }

    private bool IsBefore(long slot, uint window, scoped in SearchKey target)
    {
        if (slot == BTreeNode.Unused)
            return false;
        var ofSlot = BTreeNode.WindowOf(slot);
        return ofSlot != window ? ofSlot < window : target.IsBehind(EntryAt(BTreeNode.OffsetOf(slot)));
    }

    // Finds the last child whose low bound is not behind the target. While slots move it may be one before that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint ChildFor(BTreeNode node, scoped in SearchKey target)
    {
        var window = node.WindowOf(target, this);
        var end = node.CountBelow(BTreeNode.SlotOf(window, uint.MaxValue));
        var last = node.Slot(end - 1); // the first slot is never behind anything
        if (last != BTreeNode.Unused && BTreeNode.WindowOf(last) < window)
            return BTreeNode.OffsetOf(last);
        return ChildAmongTies(node, end, window, target);
    }

    private uint ChildAmongTies(BTreeNode node, int end, uint window, scoped in SearchKey target)
    {
        // Any child that was seen with a low bound before the target will do; the first one always has.
        var child = BTreeNode.OffsetOf(node.Slot(0));
        var begin = node.CountBelow(BTreeNode.SlotOf(window, 0));
        if (begin > 0)
        {
            var before = node.Slot(begin - 1);
            if (before != BTreeNode.Unused)
                child = BTreeNode.OffsetOf(before);
        }
        while (begin < end)
        {
            var middle = (int)((uint)(begin + end) / 2);
            var slot = node.Slot(middle);
            if (slot == BTreeNode.Unused || IsLowBehind(BTreeNode.OffsetOf(slot), target))
            {
                end = middle;
            }
            else
            {
                child = BTreeNode.OffsetOf(slot);
                begin = middle + 1;
            }
        }
        return child;
    }

    /// <summary>Levels in use.</summary>
    public int Height => At(Root).Level + 1;

    /// <summary>The nodes of a level from left to right: for checks and inspection.</summary>
    public List<uint> NodesOf(int level)
    {
        List<uint> nodes = [Root];
        for (var above = Height - 1; above > level; above--)
            nodes = [.. nodes.SelectMany(ContentOf)];
        return nodes;
    }

    /// <summary>The children of a node, or the entries of a leaf.</summary>
    public IEnumerable<uint> ContentOf(uint node) =>
        from index in Enumerable.Range(0, BTreeNode.SlotCount)
        let slot = At(node).Slot(index)
        where slot != BTreeNode.Unused
        select BTreeNode.OffsetOf(slot);

    /// <summary>True if all that may ever be in a node is behind a key.</summary>
    public bool IsLowBehind(uint offset, scoped in SearchKey target)
    {
        var node = At(offset);
        return node.Low != 0 && target.IsBefore(EntryAt(node.Low), node.LowTag);
    }

    // Sets the place to the last slot of a leaf that is before the target, if one is. True if one follows that is not.
    private bool FindBeforeIn(uint leaf, scoped in SearchKey target, ref BTreePlace place)
    {
        var node = At(leaf);
        while (true)
        {
            var index = Locate(node, node.WindowOf(target, this), target, out var behind);
            if (index == 0)
                return behind != BTreeNode.Unused;
            var before = node.Slot(index - 1);
            var isUnmoved = index == BTreeNode.SlotCount || node.Slot(index) == behind;
            if (isUnmoved && before != BTreeNode.Unused)
            {
                place = new BTreePlace(leaf, index - 1, BTreeNode.OffsetOf(before));
                return behind != BTreeNode.Unused;
            }
        }
    }

    private uint LastLeaf()
    {
        var offset = Root;
        while (At(offset).Level > 0)
        {
            var node = At(offset);
            var last = node.Slot(node.CountBelow(BTreeNode.Unused) - 1);
            if (last != BTreeNode.Unused)
                offset = BTreeNode.OffsetOf(last);
        }
        return offset;
    }
}
