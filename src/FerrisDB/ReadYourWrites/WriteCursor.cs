namespace FerrisDB;

/// <summary>
/// Goes through the key space by segments in which all keys are in the same state: single keys that have operations of
/// their own, and the ranges between them. Together they are all keys, each once.
/// </summary>
/// <remarks>
/// Valid until the next write, after which it must be sought again. Neighbouring ranges may be in the same state. What
/// a read of a segment adds to the read conflict ranges: all of it if <see cref="WriteState.NeedsDatabase"/> is true of
/// its state, else nothing.
/// </remarks>
internal struct WriteCursor(WriteMap map)
{
    private IndexPosition _position = IndexPosition.BeforeFirst;

    /// <summary>Whether the segment is one key: its begin.</summary>
    public bool IsPoint { get; private set; }

    /// <summary>Whether no segment follows; this one has no end.</summary>
    public readonly bool IsLast
    {
        get
        {
            var next = _position;
            return !IsPoint && !map.Index.TryNext(ref next);
        }
    }

    /// <summary>The first key of the segment.</summary>
    public readonly ReadOnlySpan<byte> Begin =>
        _position.IsBeforeFirst ? []
        : IsPoint || !Entry.HasOperation ? map.Store.Key(EntryNumber)
        : map.Store.KeyAfter(EntryNumber);

    /// <summary>The first key behind the segment; empty for the last one, which has no end.</summary>
    public readonly ReadOnlySpan<byte> End
    {
        get
        {
            if (IsPoint)
                return map.Store.KeyAfter(EntryNumber);
            var next = _position;
            return map.Index.TryNext(ref next) ? map.Store.Key(map.Index.EntryAt(next)) : [];
        }
    }

    /// <summary>
    /// What a read of the segment has to do; <see cref="WriteStateKind.Value"/> and
    /// <see cref="WriteStateKind.Dependent"/> are states of single keys alone.
    /// </summary>
    public readonly WriteState State =>
        _position.IsBeforeFirst ? WriteState.Unmodified
        : IsPoint ? map.PointState(Entry, bypassesUnreadable: false)
        : WriteMap.RangeState(Entry.Range, bypassesUnreadable: false);

    /// <summary>
    /// Whether the database decides what is there, at least in part: also where only the commit knows the rest.
    /// </summary>
    public readonly bool NeedsDatabase =>
        _position.IsBeforeFirst
        || (IsPoint
            ? map.PointState(Entry, bypassesUnreadable: true)
            : WriteMap.RangeState(Entry.Range, bypassesUnreadable: true)).NeedsDatabase;

    private readonly int EntryNumber => map.Index.EntryAt(_position);

    private readonly ref WriteEntry Entry => ref map.Store.Entries[EntryNumber];

    /// <summary>Goes to the segment that contains a key.</summary>
    public void Seek(ReadOnlySpan<byte> key)
    {
        _position = map.Index.Floor(key, out var isExact);
        IsPoint = isExact && Entry.HasOperation;
    }

    /// <summary>Goes to the segment that contains the keys in front of a key.</summary>
    /// <returns>False if there are none: the key is empty.</returns>
    public bool SeekBefore(ReadOnlySpan<byte> key)
    {
        Seek(key);
        return Begin.SequenceCompareTo(key) < 0 || MovePrevious();
    }

    /// <summary>Goes to the first segment.</summary>
    public void SeekToFirst() => Seek([]);

    /// <summary>Goes to the last segment, which has no end.</summary>
    public void SeekToLast()
    {
        _position = map.Index.Last;
        IsPoint = false;
    }

    /// <summary>Goes to the segment behind; false, and nowhere, if this is the last one.</summary>
    public bool MoveNext()
    {
        if (IsPoint)
        {
            IsPoint = false;
            if (!IsEmptyRange())
                return true;
        }
        if (!map.Index.TryNext(ref _position))
            return false;
        IsPoint = Entry.HasOperation;
        return true;
    }

    /// <summary>Goes to the segment in front; false, and nowhere, if this is the first one.</summary>
    public bool MovePrevious()
    {
        if (_position.IsBeforeFirst)
            return false;
        if (!IsPoint && Entry.HasOperation)
        {
            IsPoint = true;
            return true;
        }
        _position = map.Index.Previous(_position);
        IsPoint = false;
        if (!IsEmptyRange())
            return true;
        if (_position.IsBeforeFirst)
            return false;
        IsPoint = true;
        return true;
    }

    // The range behind a key is empty if the next entry is the next greater key.
    private readonly bool IsEmptyRange()
    {
        var next = _position;
        return map.Index.TryNext(ref next) && Begin.SequenceEqual(map.Store.Key(map.Index.EntryAt(next)));
    }
}
