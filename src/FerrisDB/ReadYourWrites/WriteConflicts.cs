namespace FerrisDB;

/// <summary>
/// The write conflict ranges of a transaction: the keys of entries that are marked so, and ranges of their own.
/// </summary>
internal sealed class WriteConflicts
{
    private readonly WriteStore _store;
    private readonly KeyIndex _index;
    private readonly RecordList<Range> _ranges = new();
    private readonly Comparison<Range> _byBegin;
    private bool _isSorted = true;

    public WriteConflicts(WriteStore store, KeyIndex index)
    {
        _store = store;
        _index = index;
        _byBegin = (left, right) => Begin(left).SequenceCompareTo(Begin(right));
    }

    /// <summary>Adds a range that is not empty.</summary>
    public void Add(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (_ranges.Count > 0)
        {
            ref var last = ref _ranges[_ranges.Count - 1];
            if (Begin(last).SequenceCompareTo(begin) <= 0 && End(last).SequenceCompareTo(end) >= 0)
                return;
            _isSorted &= Begin(last).SequenceCompareTo(begin) <= 0;
        }
        _ranges.Add(new Range(_store.Bytes.Append(begin), begin.Length, _store.Bytes.Append(end), end.Length));
    }

    /// <summary>True if there is none but of single keys that are written.</summary>
    public bool HasPointsAlone => _ranges.Count == 0;

    public Cursor Open()
    {
        if (!_isSorted)
            _ranges.Records.Sort(_byBegin);
        _isSorted = true;
        return new Cursor(this);
    }

    /// <summary>Becomes a copy of those of another store, which this one's is a copy of.</summary>
    public void CopyFrom(WriteConflicts other)
    {
        _ranges.CopyFrom(other._ranges);
        _isSorted = other._isSorted;
    }

    public void Clear()
    {
        _ranges.Clear();
        _isSorted = true;
    }

    private ReadOnlySpan<byte> Begin(Range range) => _store.Bytes.Slice(range.BeginOffset, range.BeginLength);

    private ReadOnlySpan<byte> End(Range range) => _store.Bytes.Slice(range.EndOffset, range.EndLength);

    /// <summary>Bytes of the arena.</summary>
    internal readonly record struct Range(int BeginOffset, int BeginLength, int EndOffset, int EndLength);

    /// <summary>Goes through the ranges by key; those that touch are one.</summary>
    public struct Cursor
    {
        private readonly WriteConflicts _conflicts;
        private IndexPosition _position = IndexPosition.BeforeFirst;
        private int _nextRange;
        private Range _nextPoint;
        private bool _hasNextPoint;
        private Range _current;

        public Cursor(WriteConflicts conflicts)
        {
            _conflicts = conflicts;
            MoveToNextPoint();
        }

        public readonly ReadOnlySpan<byte> Begin => _conflicts.Begin(_current);

        public readonly ReadOnlySpan<byte> End => _conflicts.End(_current);

        public bool MoveNext()
        {
            if (!TryPeek(out var next))
                return false;
            _current = next;
            Take(next);
            while (TryPeek(out next) && _conflicts.Begin(next).SequenceCompareTo(End) <= 0)
            {
                if (_conflicts.End(next).SequenceCompareTo(End) > 0)
                    _current = _current with { EndOffset = next.EndOffset, EndLength = next.EndLength };
                Take(next);
            }
            return true;
        }

        // The one that begins first, of the next range and the next point.
        private readonly bool TryPeek(out Range next)
        {
            next = _nextPoint;
            if (_nextRange == _conflicts._ranges.Count)
                return _hasNextPoint;
            var range = _conflicts._ranges[_nextRange];
            if (!_hasNextPoint || _conflicts.Begin(range).SequenceCompareTo(_conflicts.Begin(_nextPoint)) <= 0)
                next = range;
            return true;
        }

        private void Take(in Range next)
        {
            if (_hasNextPoint && next == _nextPoint)
                MoveToNextPoint();
            else
                _nextRange++;
        }

        private void MoveToNextPoint()
        {
            _hasNextPoint = false;
            while (_conflicts._index.TryNext(ref _position))
            {
                ref var entry = ref _conflicts._store.Entries[_conflicts._index.EntryAt(_position)];
                if (!entry.Has(WriteEntryFlags.Conflict))
                    continue;
                // The zero behind each key makes it the end of its range.
                _nextPoint = new Range(entry.KeyOffset, entry.KeyLength, entry.KeyOffset, entry.KeyLength + 1);
                _hasNextPoint = true;
                return;
            }
        }
    }
}
