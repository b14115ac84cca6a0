namespace FerrisDB;

/// <summary>A growing list of small records, reached by reference; cleared, it keeps its memory.</summary>
internal sealed class RecordList<T>
    where T : unmanaged
{
    // What is kept for the next transaction: one huge transaction should not cost memory for ever.
    private const int KeptRecordsMax = 1 << 15;

    private T[] _records = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _records[index];

    public Span<T> Records => _records.AsSpan(0, Count);

    /// <summary>Adds a record and returns its number.</summary>
    public int Add(in T record)
    {
        var index = Count;
        if (index == _records.Length)
            Array.Resize(ref _records, Math.Max(8, index * 2));
        _records[index] = record;
        Count = index + 1;
        return index;
    }

    /// <summary>Takes the last record away.</summary>
    public T Pop() => _records[--Count];

    /// <summary>Becomes a copy of another one.</summary>
    public void CopyFrom(RecordList<T> other)
    {
        _records = other.Records.ToArray();
        Count = other.Count;
    }

    public void Clear()
    {
        Count = 0;
        if (_records.Length > KeptRecordsMax)
            _records = [];
    }
}
