namespace FerrisDB;

/// <summary>Rows that a read has found, their bytes one behind the other in one array.</summary>
internal sealed class RowBuffer
{
    private const int FirstBytes = 1024;
    private const int FirstRows = 16;
    private const int TypicalRowBytes = 128;
    private const int ReservedBytesMax = 128 << 10;

    private const int SparePlaces = 32;

    private static readonly RowBuffer?[] Spare = new RowBuffer?[SparePlaces];

    private byte[] _bytes = [];
    private Place[] _places = [];
    private int _used;

    private static ref RowBuffer? SparePlace => ref Spare[Environment.CurrentManagedThreadId % SparePlaces];

    public int Count { get; private set; }

    /// <summary>Bytes of keys and values.</summary>
    public int SizeBytes => _used;

    public KeyValue this[int index]
    {
        get
        {
            var place = _places[index];
            return new KeyValue(
                _bytes.AsMemory(place.Offset, place.KeyLength),
                _bytes.AsMemory(place.Offset + place.KeyLength, place.ValueLength));
        }
    }

    /// <summary>One that is empty, with the memory of one that was given back, if there is any.</summary>
    public static RowBuffer Rent()
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.PagesShareMemory && SparePlace is { } shared)
        {
            shared.Clear();
            return shared;
        }
#endif
        return Interlocked.Exchange(ref SparePlace, null) ?? new RowBuffer();
    }

    /// <summary>Gives it back: nobody may hold it, or a row of it, any more.</summary>
    public void Return()
    {
        Clear();
        if (_bytes.Length <= ReservedBytesMax)
            Volatile.Write(ref SparePlace, this);
    }

    public ReadOnlySpan<byte> Key(int index) => _bytes.AsSpan(_places[index].Offset, _places[index].KeyLength);

    public ReadOnlySpan<byte> Value(int index)
    {
        var place = _places[index];
        return _bytes.AsSpan(place.Offset + place.KeyLength, place.ValueLength);
    }

    /// <summary>Makes room for a page that is about to come, so that it is not copied while it grows.</summary>
    public void Reserve(int targetBytes, int rowsMax)
    {
        if (_bytes.Length > 0)
            return;
        var bytes = Math.Min(targetBytes, rowsMax * (long)TypicalRowBytes);
        _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(bytes, FirstBytes, ReservedBytesMax) + FirstBytes);
        _places = new Place[Math.Clamp(_bytes.Length / TypicalRowBytes, 1, rowsMax)];
    }

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var needed = checked(_used + key.Length + value.Length);
        if (needed > _bytes.Length)
            Array.Resize(
                ref _bytes, (int)Math.Clamp(_bytes.Length * 2L, Math.Max(needed, FirstBytes), Array.MaxLength));
        if (Count == _places.Length)
            Array.Resize(ref _places, Math.Max(FirstRows, Count * 2));
        key.CopyTo(_bytes.AsSpan(_used));
        value.CopyTo(_bytes.AsSpan(_used + key.Length));
        _places[Count++] = new Place(_used, key.Length, value.Length);
        _used = needed;
    }

    /// <summary>Takes some bytes from the begin of the keys of all rows from one on.</summary>
    public void Behead(int first, int length)
    {
        for (var index = first; index < Count; index++)
        {
            ref var place = ref _places[index];
            place = place with { Offset = place.Offset + length, KeyLength = place.KeyLength - length };
        }
    }

    /// <summary>Forgets the rows. Nobody may hold one of them.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    private readonly record struct Place(int Offset, int KeyLength, int ValueLength);
}
