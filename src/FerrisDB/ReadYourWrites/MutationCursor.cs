namespace FerrisDB;

/// <summary>
/// Goes through what a <see cref="WriteMap"/> will do to the database: cleared ranges and keys, each ascending, then
/// late mutations.
/// </summary>
/// <remarks>
/// A key can lie in a range that is cleared: its mutation counts, so the order of the two must be kept. Valid until the
/// next write; one at a time. The kinds are Set, Clear, ClearRange, and what was given as atomic operation.
/// </remarks>
internal struct MutationCursor(WriteMap map)
{
    private enum Phase
    {
        Ranges,
        Keys,
        Late,
    }

    private Phase _phase = Phase.Ranges;
    private IndexPosition _position = IndexPosition.BeforeFirst;

    // Of the entry whose operations are shown, and which of several.
    private int _entry;
    private int _operation;
    private int _gathered;
    private int _gatheredCount;

    // Of the range that is shown.
    private int _end;
    private int _late = -1;

    public readonly MutationKind Kind => _phase switch
    {
        Phase.Ranges => MutationKind.ClearRange,
        Phase.Keys => map.Store.Operations[_operation].Kind,
        _ => map.Late.Kind(_late),
    };

    /// <summary>The key, or the begin of the range.</summary>
    public readonly ReadOnlySpan<byte> Key => _phase == Phase.Late ? map.Late.Key(_late) : map.Store.Key(_entry);

    /// <summary>The value, the operand, or the end of the range; empty for a clear.</summary>
    public readonly ReadOnlySpan<byte> Operand => _phase switch
    {
        Phase.Ranges => map.Store.Key(_end),
        Phase.Keys => map.Store.Operand(_operation),
        _ => map.Late.Operand(_late),
    };

    /// <summary>What the limit of a transaction counts. A clear is counted as the range of one key.</summary>
    public readonly int SizeBytes
    {
        get
        {
            var keyLength = Key.Length;
            var operandLength = Kind == MutationKind.Clear ? keyLength + 1 : Operand.Length;
            return WriteMap.MutationOverheadBytes + keyLength + operandLength;
        }
    }

    public bool MoveNext()
    {
        if (_phase == Phase.Ranges && !MoveToRange())
        {
            _phase = Phase.Keys;
            _position = IndexPosition.BeforeFirst;
        }
        if (_phase == Phase.Keys && !MoveToOperation())
            _phase = Phase.Late;
        return _phase != Phase.Late || ++_late < map.Late.Count;
    }

    // The position is at the last entry that is done with.
    private bool MoveToRange()
    {
        var found = false;
        while (map.HasClearedRanges && map.Index.TryNext(ref _position))
        {
            var entry = map.Index.EntryAt(_position);
            var isCleared = map.Store.Entries[entry].Has(WriteEntryFlags.RangeCleared);
            if (!found && isCleared)
                (_entry, found) = (entry, true);
            else if (found && !isCleared)
            {
                _end = entry;
                return true;
            }
        }
        return false;
    }

    private bool MoveToOperation()
    {
        if (_gathered < _gatheredCount)
        {
            _operation = map.Chain.Gathered[_gathered++];
            return true;
        }
        while (map.Index.TryNext(ref _position))
        {
            _entry = map.Index.EntryAt(_position);
            ref var entry = ref map.Store.Entries[_entry];
            if (entry.HasOperation && MoveToFirstOperation(entry))
                return true;
        }
        return false;
    }

    private bool MoveToFirstOperation(in WriteEntry entry)
    {
        ref var newest = ref map.Store.Operations[entry.Operation];
        _operation = entry.Operation;
        if (newest.Previous == WriteEntry.NoOperation)
        {
            // The key of a cleared range that is absent has nothing to add.
            var isNeedless = newest.Kind == MutationKind.Clear && entry.Has(WriteEntryFlags.RangeCleared);
            return !newest.IsLate && !isNeedless;
        }
        map.Chain.Gather(entry.Operation);
        var gathered = map.Chain.Gathered;
        _gathered = 0;
        _gatheredCount = 0;

        // Once late, all that follows on the key is late too.
        while (_gatheredCount < gathered.Count && !map.Store.Operations[gathered[_gatheredCount]].IsLate)
            _gatheredCount++;
        if (_gatheredCount == 0)
            return false;
        _operation = gathered[_gathered++];
        return true;
    }
}
