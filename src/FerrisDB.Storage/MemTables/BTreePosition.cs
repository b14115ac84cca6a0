namespace FerrisDB.Storage;

/// <summary>A place among the entries of a <see cref="BTree"/>.</summary>
/// <remarks>
/// The writer may have moved the entry's slot to the right since, in its leaf or into one that follows. So a move first
/// finds the slot again, and what it takes for a neighbour counts only if the slot was still there afterwards.
/// </remarks>
internal struct BTreePosition(BTree tree) : IMemTablePosition
{
    private const int FetchedAhead = 4;
    private const int KeysFetchedAhead = 6;

    private BTreePlace _place;

    // How far entries have been asked for by moves to the next key; no leaf if the last move was another one.
    private uint _aheadLeaf;
    private int _aheadIndex;
    private int _keysAhead;

    public MemTableEntry Entry { get; private set; }

    public bool MoveToFirst() => Take(tree.TryFindAtOrBehind(tree.FirstLeaf(), SearchKey.First, out var place), place);

    public bool MoveToLast() => Take(tree.TryFindLast(out var place), place);

    public bool MoveTo(scoped in SearchKey target) => Take(tree.TryFindAtOrBehind(target, out var place), place);

    public bool MoveBefore(scoped in SearchKey target) =>
        Take(tree.TryFindBefore(tree.NodeFor(target), target, out var place), place);

    public bool MoveNext()
    {
        var leaf = tree.At(_place.Leaf);
        var index = _place.Index;
        while (index < BTreeNode.SlotCount - 1)
        {
            var next = leaf.Slot(index + 1);
            if (!IsAt(leaf, index) || BTreeNode.OffsetOf(next) == _place.Entry)
            {
                index++;
                continue;
            }
            if (next == BTreeNode.Unused)
                break;
            if (index + FetchedAhead < BTreeNode.SlotCount)
                tree.FetchEntry(BTreeNode.OffsetOf(leaf.Slot(index + FetchedAhead)));
            return Take(true, new BTreePlace(_place.Leaf, index + 1, BTreeNode.OffsetOf(next)));
        }
        // The slot is the last one of its leaf, or has left it: either way, what comes next is in a leaf that follows.
        var behind = new SearchKey(Entry.Key, Entry.Tag.Next);
        return Take(tree.TryFindAtOrBehind(leaf.Next, behind, out var place), place);
    }

    public bool MovePrevious()
    {
        var leaf = tree.At(_place.Leaf);
        var index = _place.Index;
        var previous = index > 0 ? leaf.Slot(index - 1) : BTreeNode.Unused;
        var isNeighbour = IsAt(leaf, index) && BTreeNode.OffsetOf(previous) != _place.Entry;
        if (previous != BTreeNode.Unused && isNeighbour)
        {
            if (index >= FetchedAhead)
                tree.FetchEntry(BTreeNode.OffsetOf(leaf.Slot(index - FetchedAhead)));
            return Take(true, new BTreePlace(_place.Leaf, index - 1, BTreeNode.OffsetOf(previous)));
        }
        var target = new SearchKey(Entry.Key, Entry.Tag);
        return Take(tree.TryFindBefore(_place.Leaf, target, out var place), place);
    }

    public bool MoveToNextKey()
    {
        FetchAhead();
        _keysAhead--;
        var leaf = tree.At(_place.Leaf);
        for (var index = _place.Index; index < BTreeNode.SlotCount; index++)
        {
            if (!IsAt(leaf, index))
                continue;
            var next = leaf.PassOlder(index + 1, out var slot);
            if (!IsAt(leaf, index) || BTreeNode.OffsetOf(slot) == _place.Entry)
                continue;
            if (slot == BTreeNode.Unused)
                break;
            return TakeOnTheWay(true, new BTreePlace(_place.Leaf, next, BTreeNode.OffsetOf(slot)));
        }
        var following = leaf.Next;
        if (following == 0)
            return Take(false, default);
        var behind = new SearchKey(Entry.Key, EntryTag.Last);
        if (tree.TryFindIn(following, behind, out var place))
            return TakeOnTheWay(true, place);
        // The versions of the key fill the leaf that follows, and perhaps many.
        return Take(tree.TryFindAtOrBehind(behind, out place), place);
    }

    public bool TryMoveToNewer(long version)
    {
        var leaf = tree.At(_place.Leaf);
        var first = _place.Index;
        var slot = leaf.Slot(first);
        while (first > 0 && BTreeNode.IsOlderOrUnused(slot))
            slot = leaf.Slot(--first);
        // The first of them, unless a writer has moved them meanwhile.
        var offset = BTreeNode.OffsetOf(slot);
        if (first == _place.Index || !IsAt(leaf, _place.Index) || tree.EntryAt(offset).Tag.Version > version)
            return false;
        return Take(true, new BTreePlace(_place.Leaf, first, offset));
    }

    // Entries that are shown one after the other lie anywhere, so they are asked for some keys ahead. So is a leaf: the
    // second one when it is reached, and from then on each a whole leaf ahead.
    private void FetchAhead()
    {
        if (_aheadLeaf == 0)
        {
            _aheadLeaf = _place.Leaf;
            _aheadIndex = _place.Index + 1;
            _keysAhead = 0;
        }
        var leaf = tree.At(_aheadLeaf);
        if (_aheadIndex == 0 && leaf.Next != 0)
            tree.At(leaf.Next).Fetch();
        for (; _keysAhead < KeysFetchedAhead; _keysAhead++)
        {
            _aheadIndex = leaf.PassOlder(_aheadIndex, out var slot);
            if (slot == BTreeNode.Unused)
            {
                FetchLeafAhead(leaf.Next);
                return;
            }
            _aheadIndex++;
            tree.FetchEntry(BTreeNode.OffsetOf(slot));
        }
    }

    // Its entries are asked for from the next time on, when it is there.
    private void FetchLeafAhead(uint leaf)
    {
        if (leaf == 0)
            return;
        _aheadLeaf = leaf;
        _aheadIndex = 0;
        tree.At(leaf).Fetch();
    }

    private readonly bool IsAt(BTreeNode leaf, int index) => BTreeNode.OffsetOf(leaf.Slot(index)) == _place.Entry;

    private bool Take(bool isFound, BTreePlace place)
    {
        _aheadLeaf = 0;
        return TakeOnTheWay(isFound, place);
    }

    private bool TakeOnTheWay(bool isFound, BTreePlace place)
    {
        _place = place;
        Entry = isFound ? tree.EntryAt(place.Entry) : default;
        return isFound;
    }
}
