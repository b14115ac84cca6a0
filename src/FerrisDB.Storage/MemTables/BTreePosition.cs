namespace FerrisDB.Storage;

/// <summary>A place among the entries of a <see cref="BTree"/>.</summary>
/// <remarks>
/// The writer may have moved the entry's slot to the right since, in its leaf or into one that follows. So a move first
/// finds the slot again, and what it takes for a neighbour counts only if the slot was still there afterwards.
/// </remarks>
internal struct BTreePosition(BTree tree) : IMemTablePosition
{
    private const int FetchedAhead = 4;

    private BTreePlace _place;

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

    private readonly bool IsAt(BTreeNode leaf, int index) => BTreeNode.OffsetOf(leaf.Slot(index)) == _place.Entry;

    private bool Take(bool isFound, BTreePlace place)
    {
        _place = place;
        Entry = isFound ? tree.EntryAt(place.Entry) : default;
        return isFound;
    }
}
