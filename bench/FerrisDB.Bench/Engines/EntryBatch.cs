namespace FerrisDB.Bench;

/// <summary>Keys and values of one batch, in two flat arrays that are filled again and again.</summary>
internal sealed class EntryBatch(int countMax, int keyLength, int valueLength)
{
    private readonly byte[] _keys = new byte[countMax * keyLength];
    private readonly byte[] _values = new byte[countMax * valueLength];

    public int CountMax => countMax;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Key(int index) => _keys.AsSpan(index * keyLength, keyLength);

    public ReadOnlySpan<byte> Value(int index) => _values.AsSpan(index * valueLength, valueLength);

    public void Clear() => Count = 0;

    /// <summary>Reserves the next entry; the caller fills both spans.</summary>
    public void Add(out Span<byte> key, out Span<byte> value)
    {
        key = _keys.AsSpan(Count * keyLength, keyLength);
        value = _values.AsSpan(Count * valueLength, valueLength);
        Count++;
    }
}
