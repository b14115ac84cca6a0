namespace FerrisDB.Bench;

/// <summary>
/// What one transaction reads and writes, whichever engine runs it: numbers of entries first, then their keys, at last
/// the values that follow from what was read.
/// </summary>
/// <remarks>
/// An update reads an entry and writes it with a generation that is higher by a delta: a counter, or the balance of an
/// account; without a read the delta is what it writes. So it can be told from the draws alone what every entry must
/// hold in the end.
/// </remarks>
internal sealed class TransactionPlan(KeySpace keys, ValueSource values)
{
    public const int EntriesMax = 100;

    private readonly byte[] _keys = new byte[EntriesMax * keys.KeyLength];
    private readonly byte[] _values = new byte[EntriesMax * values.Length];
    private readonly long[] _entries = new long[EntriesMax];
    private readonly int[] _deltas = new int[EntriesMax];
    private readonly int[] _generations = new int[EntriesMax];
    private int _count;
    private bool _reads;
    private bool _writes;

    /// <summary>Entries that are read.</summary>
    public int ReadCount => _reads ? _count : 0;

    /// <summary>Entries that are written.</summary>
    public int WriteCount => _writes ? _count : 0;

    /// <summary>Nothing that is read may be there.</summary>
    public bool ExpectsAbsent { get; set; }

    /// <summary>Attempts of all transactions since it was set to 0.</summary>
    public long Attempts { get; set; }

    public int Count => _count;

    public long Entry(int position) => _entries[position];

    public int Delta(int position) => _deltas[position];

    /// <summary>What the last attempt has read of an entry.</summary>
    public int Generation(int position) => _generations[position];

    public void Clear(bool reads, bool writes)
    {
        _count = 0;
        _reads = reads;
        _writes = writes;
        ExpectsAbsent = false;
    }

    public void Add(long entry, int delta = 0)
    {
        _entries[_count] = entry;
        _deltas[_count++] = delta;
    }

    /// <summary>True if an entry is in it already.</summary>
    public bool Contains(long entry) => _entries.AsSpan(0, _count).Contains(entry);

    /// <summary>Makes the keys.</summary>
    public void MakeKeys()
    {
        for (var position = 0; position < _count; position++)
            keys.Stored(_entries[position], _keys.AsSpan(position * keys.KeyLength, keys.KeyLength));
    }

    public ReadOnlySpan<byte> ReadKey(int position) => Key(position);

    public ReadOnlySpan<byte> WriteKey(int position) => Key(position);

    public ReadOnlySpan<byte> WriteValue(int position) => _values.AsSpan(position * values.Length, values.Length);

    public void BeginAttempt() => Attempts++;

    /// <summary>Takes what an engine has read, and checks it.</summary>
    public void Take(int position, bool isPresent, ReadOnlySpan<byte> value)
    {
        if (ExpectsAbsent)
        {
            if (isPresent)
                throw new WrongDataException($"entry {_entries[position]} is present and must not be");
            return;
        }
        values.Check(Key(position), value, isPresent ? value.Length : -1);
        _generations[position] = (int)ValueSource.GenerationOf(value);
    }

    /// <summary>Makes the values, from what this attempt has read.</summary>
    public void MakeWrites()
    {
        for (var position = 0; position < _count; position++)
        {
            var generation = (_reads ? _generations[position] : 0) + _deltas[position];
            values.Make(Key(position), (uint)generation, _values.AsSpan(position * values.Length, values.Length));
        }
    }

    private ReadOnlySpan<byte> Key(int position) => _keys.AsSpan(position * keys.KeyLength, keys.KeyLength);
}
