namespace FerrisDB.Transactions;

/// <summary>What one transaction does to the database, in order.</summary>
/// <remarks>
/// Keys and operands are copied into one array. Cleared and filled again, it allocates nothing once it has grown. Not
/// for several threads at once. Spans into it are valid until the next change.
/// </remarks>
internal sealed class MutationList
{
    // What is kept for the next transaction: one huge transaction should not cost memory for ever.
    private const int KeptBytesMax = 256 << 10;
    private const int FirstBytes = 256;

    private byte[] _bytes = [];
    private Place[] _places = [];
    private int _sizeBytes;

    public int Count { get; private set; }

    /// <summary>True if a mutation needs the commit's version, or what was there before, to be decided.</summary>
    public bool HasAtomics { get; private set; }

    public MutationView this[int index]
    {
        get
        {
            Invariant.That((uint)index < (uint)Count);
            var place = _places[index];
            return new MutationView(
                place.Kind,
                _bytes.AsSpan(place.Offset, place.KeyLength),
                _bytes.AsSpan(place.Offset + place.KeyLength, place.OperandLength));
        }
    }

    public void Add(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand)
    {
        var needed = checked(_sizeBytes + key.Length + operand.Length);
        if (needed > _bytes.Length)
            Array.Resize(
                ref _bytes, (int)Math.Clamp(_bytes.Length * 2L, Math.Max(needed, FirstBytes), Array.MaxLength));
        if (Count == _places.Length)
            Array.Resize(ref _places, Math.Max(8, Count * 2));
        key.CopyTo(_bytes.AsSpan(_sizeBytes));
        operand.CopyTo(_bytes.AsSpan(_sizeBytes + key.Length));
        _places[Count++] = new Place(kind, _sizeBytes, key.Length, operand.Length);
        _sizeBytes = needed;
        HasAtomics |= kind is not (MutationKind.Set or MutationKind.Clear or MutationKind.ClearRange);
    }

    /// <summary>Forgets all and keeps the memory, unless it is much.</summary>
    public void Clear()
    {
        Count = 0;
        _sizeBytes = 0;
        HasAtomics = false;
        if (_bytes.Length > KeptBytesMax)
            _bytes = [];
        if (_places.Length > KeptBytesMax / 16)
            _places = [];
    }

    private readonly record struct Place(MutationKind Kind, int Offset, int KeyLength, int OperandLength);
}
