using System.Diagnostics;

namespace FerrisDB.Storage;

/// <summary>The tables of one level, in the order in which readers look at them. Immutable.</summary>
internal sealed class TableLevel
{
    private readonly int _number;
    private readonly TableHandle[] _tables;

    // Of each table's Span, so that a search stays in one array and touches no table before its end.
    private readonly ulong[] _beginPrefixes;
    private readonly ulong[] _endPrefixes;

    /// <summary>Sorts <paramref name="tables"/> in place and keeps the array.</summary>
    public TableLevel(int number, TableHandle[] tables)
    {
        _number = number;
        _tables = tables;
        Array.Sort(tables, number == 0 ? NewestFirst : ByKey);
        _beginPrefixes = new ulong[tables.Length];
        _endPrefixes = new ulong[tables.Length];
        for (var index = 0; index < tables.Length; index++)
        {
            SizeBytes += tables[index].Metadata.SizeBytes;
            HasRangeTombstones |= tables[index].Metadata.RangeTombstoneCount > 0;
            _beginPrefixes[index] = InternalKey.PrefixOf(tables[index].Span.Begin);
            _endPrefixes[index] = InternalKey.PrefixOf(tables[index].Span.End);
        }
    }

    public ReadOnlySpan<TableHandle> Tables => _tables;

    public ReadOnlyMemory<TableHandle> TablesMemory => _tables;

    public long SizeBytes { get; }

    public bool HasRangeTombstones { get; }

    /// <summary>Below L0: the one table that may hold a key, or null.</summary>
    /// <param name="key">The key.</param>
    /// <param name="prefix">Its <see cref="InternalKey.PrefixOf"/>.</param>
    public TableHandle? Find(ReadOnlySpan<byte> key, ulong prefix)
    {
        var index = IndexAtOrBehind(key, prefix);
        return index < _tables.Length && BeginsAtOrBefore(index, key, prefix) ? _tables[index] : null;
    }

    /// <summary>True if the key lies in the span of the table with that index.</summary>
    public bool Contains(int index, ReadOnlySpan<byte> key, ulong prefix) =>
        BeginsAtOrBefore(index, key, prefix) && EndsBehind(index, key, prefix);

    public int IndexAtOrBehind(ReadOnlySpan<byte> key) => IndexAtOrBehind(key, InternalKey.PrefixOf(key));

    /// <summary>As <see cref="IndexAtOrBehind(ReadOnlySpan{byte})"/>, where the prefix is known.</summary>
    public int IndexAtOrBehind(ReadOnlySpan<byte> key, ulong prefix)
    {
        Invariant.That(_number > 0);
        var low = 0;
        var high = _tables.Length;
        while (low < high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            if (EndsBehind(middle, key, prefix))
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    public ReadOnlySpan<TableHandle> Overlapping(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        var first = IndexAtOrBehind(begin);
        var behind = first;
        while (behind < _tables.Length && _tables[behind].Span.Begin.AsSpan().SequenceCompareTo(end) < 0)
            behind++;
        return _tables.AsSpan(first, behind - first);
    }

    public bool OverlapsAny(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (_number > 0)
        {
            var first = IndexAtOrBehind(begin);
            return first < _tables.Length && _tables[first].Span.Begin.AsSpan().SequenceCompareTo(end) < 0;
        }
        foreach (var table in _tables)
        {
            if (begin.SequenceCompareTo(table.Span.End) < 0 && table.Span.Begin.AsSpan().SequenceCompareTo(end) < 0)
                return true;
        }
        return false;
    }

    public TableHandle Get(long fileNumber)
    {
        foreach (var table in _tables)
        {
            if (table.FileNumber == fileNumber)
                return table;
        }
        throw new InvariantException($"L{_number} has no table {fileNumber}");
    }

    [Conditional("FERRIS_CHECKED")]
    public void AssertInvariants()
    {
        foreach (var table in _tables)
            Invariant.Checked(!table.Span.IsEmpty, $"L{_number}: {table} spans no key");
        for (var index = 1; index < _tables.Length; index++)
        {
            var (left, right) = (_tables[index - 1], _tables[index]);
            if (_number == 0)
                AssertNewer(left, right);
            else
                Invariant.Checked(!left.Span.Overlaps(right.Span), $"L{_number}: {left} overlaps {right}");
        }
    }

    // A flush holds a span of versions of its own. Only an ingested table may lie inside the span of another: its one
    // version was given out while the MemTable around it was still being filled.
    private static void AssertNewer(TableHandle newer, TableHandle older) =>
        Invariant.Checked(
            newer.Metadata.OldestVersion > older.Metadata.NewestVersion
                || newer.Metadata.GlobalVersion != 0
                || older.Metadata.GlobalVersion != 0
                || !newer.Span.Overlaps(older.Span),
            $"L0: versions of {newer} overlap those of {older}");

    // Prefixes that differ decide; equal ones decide nothing.
    private bool EndsBehind(int index, ReadOnlySpan<byte> key, ulong prefix)
    {
        var end = _endPrefixes[index];
        return end != prefix ? end > prefix : _tables[index].Span.End.AsSpan().SequenceCompareTo(key) > 0;
    }

    /// <summary>True if the table with that index begins at or before the key.</summary>
    public bool BeginsAtOrBefore(int index, ReadOnlySpan<byte> key, ulong prefix)
    {
        var begin = _beginPrefixes[index];
        return begin != prefix ? begin < prefix : _tables[index].Span.Begin.AsSpan().SequenceCompareTo(key) <= 0;
    }

    private static int ByKey(TableHandle left, TableHandle right) =>
        left.Span.Begin.AsSpan().SequenceCompareTo(right.Span.Begin);

    private static int NewestFirst(TableHandle left, TableHandle right)
    {
        var order = right.Metadata.NewestVersion.CompareTo(left.Metadata.NewestVersion);
        return order != 0 ? order : right.FileNumber.CompareTo(left.FileNumber);
    }
}
