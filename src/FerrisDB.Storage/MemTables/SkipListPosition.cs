namespace FerrisDB.Storage;

/// <summary>A place among the entries of a <see cref="SkipList"/>.</summary>
internal struct SkipListPosition(SkipList list) : IMemTablePosition
{
    private uint _offset; // of the node that it is at

    public MemTableEntry Entry { get; private set; }

    public bool MoveToFirst() => MoveTo(list.Next(list.Head));

    public bool MoveToLast() => MoveTo(list.FindLast());

    public bool MoveTo(scoped in SearchKey target) => MoveTo(list.FindAtOrBehind(target));

    public bool MoveBefore(scoped in SearchKey target) => MoveTo(list.FindBefore(target));

    public bool MoveNext()
    {
        if (!MoveTo(list.Next(_offset)))
            return false;
        // While the caller works on this entry, the next one is on its way.
        list.Prefetch(list.Next(_offset));
        return true;
    }

    public bool MovePrevious() => MoveTo(list.FindBefore(new SearchKey(Entry.Key, Entry.Tag)));

    public bool MoveToNextKey() => MoveNext();

    public readonly bool TryMoveToNewer(long version) => false;

    private bool MoveTo(uint offset)
    {
        _offset = offset;
        Entry = offset != 0 ? list.At(offset) : default;
        return offset != 0;
    }
}
