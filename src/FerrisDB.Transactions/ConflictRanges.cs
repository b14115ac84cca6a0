namespace FerrisDB.Transactions;

// The bytes of all ranges lie one behind the other in one array:
//
//     range    [ begin ][ end ]
//     point    [ key ][0]           begin is the key, end is the key and the zero
//
// Nothing is allocated per range, and a point costs its key alone.

/// <summary>The ranges of keys that one transaction read, or those that it wrote, in the order they came.</summary>
/// <remarks>
/// Neither sorted nor merged. Cleared and filled again, it allocates nothing once it has grown. Not for several threads
/// at once. Spans into it are valid until the next change.
/// </remarks>
internal sealed class ConflictRanges
{
    // What is kept for the next transaction: one huge transaction should not cost memory for ever.
    private const int KeptBytesMax = 256 << 10;
    private const int KeptRangesMax = KeptBytesMax / 16;

    private byte[] _bytes = [];
    private Place[] _places = [];
    private int _sizeBytes;

    /// <summary>How many ranges there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all keys: what the limit on a transaction's size counts.</summary>
    public int SizeBytes => _sizeBytes;

    /// <summary>Bytes of all begins and all ends, those of points too.</summary>
    public long EndsBytes { get; private set; }

    public ConflictRange this[int index]
    {
        get
        {
            Invariant.That((uint)index < (uint)Count);
            var place = _places[index];
            var begin = _bytes.AsSpan(place.Offset, place.BeginLength);
            return place.IsPoint
                ? new ConflictRange(begin, _bytes.AsSpan(place.Offset, place.EndLength), isPoint: true)
                : new ConflictRange(begin, _bytes.AsSpan(place.Offset + begin.Length, place.EndLength), isPoint: false);
        }
    }

    /// <summary>Adds a range that is not inverted; nothing if it is empty.</summary>
    public void Add(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        var order = begin.SequenceCompareTo(end);
        Invariant.That(order <= 0);
        if (order == 0)
            return;
        if (IsPoint(begin, end))
        {
            AddPoint(begin);
            return;
        }
        var offset = Append(begin.Length + end.Length, new(_sizeBytes, begin.Length, end.Length, IsPoint: false));
        begin.CopyTo(_bytes.AsSpan(offset));
        end.CopyTo(_bytes.AsSpan(offset + begin.Length));
    }

    /// <summary>Adds the range that has one key.</summary>
    public void AddPoint(ReadOnlySpan<byte> key)
    {
        var offset = Append(key.Length + 1, new(_sizeBytes, key.Length, key.Length + 1, IsPoint: true));
        key.CopyTo(_bytes.AsSpan(offset));
        _bytes[offset + key.Length] = 0;
    }

    /// <summary>Forgets all ranges and keeps the memory, unless it is much.</summary>
    public void Clear()
    {
        Count = 0;
        _sizeBytes = 0;
        EndsBytes = 0;
        if (_bytes.Length > KeptBytesMax)
            _bytes = [];
        if (_places.Length > KeptRangesMax)
            _places = [];
    }

    public Enumerator GetEnumerator() => new(this);

    // Takes room for the bytes of a range and returns where it is.
    private int Append(int length, Place place)
    {
        Grow(ref _bytes, checked(_sizeBytes + length), smallest: 256);
        Grow(ref _places, Count + 1, smallest: 8);
        _places[Count++] = place;
        _sizeBytes += length;
        EndsBytes += place.BeginLength + place.EndLength;
        return place.Offset;
    }

    private static void Grow<T>(ref T[] array, int needed, int smallest)
    {
        if (needed <= array.Length)
            return;
        var doubled = (int)Math.Min(array.Length * 2L, Array.MaxLength);
        Array.Resize(ref array, Math.Max(Math.Max(needed, smallest), doubled));
    }

    private static bool IsPoint(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        end.Length == begin.Length + 1 && end[^1] == 0 && end.StartsWith(begin);

    /// <summary>Goes through the ranges.</summary>
    public struct Enumerator(ConflictRanges ranges)
    {
        private int _index = -1;

        public readonly ConflictRange Current => ranges[_index];

        public bool MoveNext() => ++_index < ranges.Count;
    }

    private readonly record struct Place(int Offset, int BeginLength, int EndLength, bool IsPoint);
}
