namespace FerrisDB;

/// <summary>
/// Versionstamped keys, and what was written behind them where they may lie: mutations that keep the order of calls.
/// </summary>
/// <remarks>
/// Where they may lie is known as one range, from the lowest key to the highest that any of them may become.
/// </remarks>
internal sealed class LateMutations(ByteArena arena)
{
    private readonly RecordList<Record> _records = new();
    private Part _begin;
    private Part _end;

    public int Count => _records.Count;

    /// <summary>Bytes of the arena.</summary>
    public readonly record struct Part(int Offset, int Length);

    private readonly record struct Record(MutationKind Kind, Part Key, Part Operand);

    public MutationKind Kind(int index) => _records[index].Kind;

    public ReadOnlySpan<byte> Key(int index) => Bytes(_records[index].Key);

    public ReadOnlySpan<byte> Operand(int index) => Bytes(_records[index].Operand);

    public ReadOnlySpan<byte> Bytes(Part part) => arena.Slice(part.Offset, part.Length);

    /// <summary>Whether a versionstamped key may become this one.</summary>
    public bool IsTouchedBy(ReadOnlySpan<byte> key) =>
        Count > 0 && key.SequenceCompareTo(Bytes(_begin)) >= 0 && key.SequenceCompareTo(Bytes(_end)) < 0;

    /// <summary>Whether a versionstamped key may become one of these.</summary>
    public bool IsTouchedBy(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        Count > 0 && begin.SequenceCompareTo(Bytes(_end)) < 0 && end.SequenceCompareTo(Bytes(_begin)) > 0;

    /// <summary>Adds a mutation of a key.</summary>
    public void Add(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand) =>
        _records.Add(new Record(kind, Copy(key), Copy(operand)));

    /// <summary>Adds the part of a range to clear in which versionstamped keys may lie.</summary>
    public void AddClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        var key = begin.SequenceCompareTo(Bytes(_begin)) > 0 ? Copy(begin) : _begin;
        var operand = end.SequenceCompareTo(Bytes(_end)) < 0 ? Copy(end) : _end;
        _records.Add(new Record(MutationKind.ClearRange, key, operand));
    }

    /// <summary>Adds a versionstamped key and returns the range of keys that it may become.</summary>
    public (Part Begin, Part End) AddVersionstampedKey(
        ReadOnlySpan<byte> template, ReadOnlySpan<byte> value, long versionMin)
    {
        var begin = Stamp(template, versionMin, order: 0);
        var end = Stamp(template, version: -1, order: ushort.MaxValue) with
        {
            Length = VersionstampOperand.StampedLength(template) + 1,
        };
        if (Count == 0 || Bytes(begin).SequenceCompareTo(Bytes(_begin)) < 0)
            _begin = begin;
        if (Count == 0 || Bytes(end).SequenceCompareTo(Bytes(_end)) > 0)
            _end = end;
        Add(MutationKind.SetVersionstampedKey, template, value);
        return (begin, end);
    }

    /// <summary>Becomes a copy of those of another arena, which this one's is a copy of.</summary>
    public void CopyFrom(LateMutations other)
    {
        _records.CopyFrom(other._records);
        (_begin, _end) = (other._begin, other._end);
    }

    public void Clear() => _records.Clear();

    // The zero behind the key is there: with it, it is the next greater key.
    private Part Stamp(ReadOnlySpan<byte> template, long version, ushort order)
    {
        var length = VersionstampOperand.StampedLength(template);
        var offset = arena.AppendKey(template[..length]);
        var stamp = arena.Writable(offset, length)[VersionstampOperand.StampOffset(template)..];
        VersionstampOperand.WriteStamp(version, order, stamp);
        return new Part(offset, length);
    }

    private Part Copy(ReadOnlySpan<byte> bytes) => new(arena.Append(bytes), bytes.Length);
}
