using System.Runtime.CompilerServices;

namespace FerrisDB.Transactions;

// Entries in the order of their writes, so that versions never descend; beside them the hashes of their keys:
//
//     entries    1: b at 40     2: f at 41     3: a at 44     ...      version, first eight bytes, place of the key
//     hashes        h(b)           h(f)           h(a)        ...      four bytes each
//     keys       [b][f][a]
//
//                |--- what was asked about often ---|-- the tail ------|
//                 ConflictIndex, ConflictOrder       looked through
//
// To note a write is to append to these three, and touches nothing else: most writes are never asked about. Whoever
// read a moment ago finds all that was written since at the end; so a key is looked for by its hash, a vector of them
// at once, and a range by looking at the entries, one by one. Who looks at many again and again is better served by a
// hash table (for keys) or a sorted copy (for ranges): these are made, and catch up, when questions have had as much
// trouble as that makes. So nobody pays more than twice, and nothing where nobody asks.
//
// A key that is written again has its bytes once and gets another entry, if that is seen: a few of the last keys are
// remembered, which is enough for keys that are written all the time. The entry before goes when the entries are full
// and half of them are like it.

/// <summary>The keys that were written by themselves within a period of versions, and when.</summary>
/// <remarks>Filled, asked, and filled anew for a later period.</remarks>
internal sealed class ConflictPeriod
{
    public const int NumberBits = 20;
    public const int CapacityMin = 256;
    public const int CapacityMax = 1 << (NumberBits - 1);

    // With this many keys of this length an offset is far from its limit.
    private const int KeyBytesMax = 64 << 20;
    private const int KeyBytesPerEntry = 16;

    // A hash that is the same, and a key that is not: a key must be fetched to tell, which is what an enemy wants.
    private const int LooksPerKey = 64;

    // Hashes of a line of the cache.
    private const int StepMin = 16;

    // Before all entries go into the hash table for being full, so many of them are tried.
    private const int Samples = 16;
    private const int SamplesFoundMin = 6;

    private readonly ConflictLimits _limits;
    private readonly ConflictIndex _index;
    private readonly ConflictOrder _order;
    private readonly ConflictRecent _recent = new();
    private ConflictEntry[] _entries = [];
    private uint[] _hashes = [];
    private byte[] _keys = [];
    private byte[] _otherKeys = [];
    private int _capacity;
    private int _count;
    private int _keyBytes;
    private int _superseded;

    // Since what they are about was sorted, or brought into the hash table, last.
    private long _entryLooks;
    private long _hashLooks;

    public ConflictPeriod(ConflictLimits limits)
    {
        _limits = limits;
        _index = new ConflictIndex(this, limits.ProbesMax);
        _order = new ConflictOrder(this);
    }

    /// <summary>The version of the last write.</summary>
    public long NewestVersion { get; private set; }

    /// <summary>Keys in it; one that was not seen to be written again counts again.</summary>
    public int KeyCount => _count - _superseded;

    /// <summary>Entries that it has memory for.</summary>
    public int RoomEntries => _entries.Length;

    /// <summary>In the order of their writes.</summary>
    public ReadOnlySpan<ConflictEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Empties it for the next period.</summary>
    /// <param name="capacity">Entries at most.</param>
    /// <param name="version">At or before that of the first write.</param>
    public void Begin(int capacity, long version)
    {
        if (_entries.Length < capacity)
        {
            _entries = GC.AllocateUninitializedArray<ConflictEntry>(capacity);
            _hashes = GC.AllocateUninitializedArray<uint>(capacity);
        }
        if (_keys.Length < capacity * KeyBytesPerEntry)
            _keys = GC.AllocateUninitializedArray<byte>(capacity * KeyBytesPerEntry);
        _capacity = capacity;
        _count = 0;
        _keyBytes = 0;
        _superseded = 0;
        NewestVersion = version;
        ForgetNumbers();
    }

    /// <summary>False if a key of that length belongs into the next period.</summary>
    public bool HasRoomFor(int keyLength)
    {
        if (_count == _capacity)
            MakeRoom();
        return _count < _capacity && (_count == 0 || keyLength <= KeyBytesMax - _keyBytes);
    }

    /// <summary>Notes a write, for which there is room.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="version">Not older than that of any write before.</param>
    public void Add(ReadOnlySpan<byte> key, uint hash, long version)
    {
        Invariant.That(version >= NewestVersion);
        NewestVersion = version;
        var known = _recent.Find(hash);
        if (known < 0 || !KeyOf(known).SequenceEqual(key))
        {
            Append(new ConflictEntry(version, InternalKey.PrefixOf(key), AppendKey(key), key.Length), hash);
            return;
        }
        ref var entry = ref _entries[known];
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ConflictPeriodKeepsTheFirstWrite)
            return;
#endif
        // The last entry stays the last one, whatever its version.
        if (entry.Version == version || (known == _count - 1 && _order.Count <= known))
        {
            entry.Version = version;
            return;
        }
        Append(entry.Marked(isSuperseded: false) with { Version = version }, hash);
        Supersede(known);
    }

    /// <summary>True if a key was written after a version.</summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> key, uint hash, long version)
    {
        var answer = Look(key, hash, version, out var looks);
        if (looks > _limits.FewHashes)
            CountHashLooks(looks);
        return answer;
    }

    /// <summary>True if a key of a range that is not empty was written after a version.</summary>
    public bool IsWrittenAfter(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, long version)
    {
        if (_order.Count > 0 && _order.IsWrittenAfter(begin, end, version))
            return true;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ConflictPeriodForgetsTheUnsorted && _order.Count > 0)
            return false;
#endif
        var first = InternalKey.PrefixOf(begin);
        var last = InternalKey.PrefixOf(end);
        var entries = Entries;
        var index = entries.Length - 1;
        for (; index >= _order.Count && entries[index].Version > version; index--)
        {
            ref readonly var entry = ref entries[index];
            if (entry.Prefix < first || entry.Prefix > last)
                continue;
            var key = KeyOf(entry);
            if (key.SequenceCompareTo(begin) >= 0 && key.SequenceCompareTo(end) < 0)
                return true;
        }
        CountEntryLooks(entries.Length - 1 - index);
        return false;
    }

    /// <summary>As <see cref="IsWrittenAfter(ReadOnlySpan{byte}, uint, long)"/>, and changes nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="version">The version.</param>
    /// <param name="looks">Hashes that it took to tell, or what is as much trouble.</param>
    public bool Look(ReadOnlySpan<byte> key, uint hash, long version, out int looks)
    {
        var tail = _index.IsCrowded ? _order.Count : _index.Count;
        var first = AtOrBeforeFirstAfter(version, tail);
        looks = _count - first;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ConflictPeriodForgetsTheTail && tail > 0)
            first = _count;
#endif
        for (var end = _count; ; looks += LooksPerKey)
        {
            var number = first + _hashes.AsSpan(first, end - first).LastIndexOf(hash);
            if (number < first)
                break;
            // What lies before it, of this key or of another, is not newer.
            if (KeyOf(number).SequenceEqual(key))
                return IsAfter(number, version);
            end = number;
        }
        if (tail == 0 || !IsAfter(tail - 1, version))
            return false;
        return _index.IsCrowded
            ? _order.IsWrittenAfter(key, version)
            : _index.TryFind(key, hash, out var known) && IsAfter(known, version);
    }

    /// <summary>Asks for memory that a question about a key is about to look at.</summary>
    public void Prefetch(uint hash)
    {
        if (_index.Count > 0)
            _index.Prefetch(hash);
    }

    /// <summary>The key of an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> KeyOf(in ConflictEntry entry) => _keys.AsSpan(entry.KeyOffset, entry.KeyLength);

    /// <summary>The key of an entry by its number.</summary>
    public ReadOnlySpan<byte> KeyOf(int number) => KeyOf(_entries[number]);

    /// <summary>The hash of an entry's key.</summary>
    public uint HashOf(int number) => _hashes[number];

    /// <summary>Whether two entries are of one key.</summary>
    public bool HaveSameKey(int left, int right) =>
        HashOf(left) == HashOf(right) && KeyOf(left).SequenceEqual(KeyOf(right));

    /// <summary>Notes that there is a newer entry of the same key.</summary>
    public void Supersede(int number)
    {
        ref var entry = ref _entries[number];
        _superseded += entry.IsSuperseded ? 0 : 1;
        entry = entry.Marked(isSuperseded: true);
    }

    private void Append(in ConflictEntry entry, uint hash)
    {
        _recent.Note(hash, _count);
        _hashes[_count] = hash;
        _entries[_count++] = entry;
    }

    private int AppendKey(ReadOnlySpan<byte> key)
    {
        var offset = _keyBytes;
        if (key.Length > _keys.Length - offset)
            Array.Resize(ref _keys, Math.Max(offset + key.Length, _keys.Length * 2));
        key.CopyTo(_keys.AsSpan(offset));
        _keyBytes += key.Length;
        return offset;
    }

    // All of the tail that is newer lies behind it. To find the exact place would cost more than to look through some
    // hashes too many: the processor guesses steps rightly, and halves it does not.
    private int AtOrBeforeFirstAfter(long version, int tail)
    {
        var first = _count;
        for (var step = StepMin; first > tail && IsAfter(first - 1, version); step *= 2)
            first = Math.Max(tail, first - step);
        return first;
    }

    private bool IsAfter(int number, long version)
    {
#if FERRIS_CHECKED
        // Whatever lies in what was looked through counts as new.
        if (SeededBugs.Active == SeededBug.ConflictPeriodTakesOldForNew)
            return number >= _index.Count || _entries[number].Version > version;
#endif
        return _entries[number].Version > version;
    }

    private void MakeRoom()
    {
        if (_superseded * 2 < _count && AreOftenWrittenAgain())
            _index.TryCatchUp(_capacity);
        if (_superseded * 2 >= _count)
            RemoveSuperseded();
    }

    // Those in the second half that have others in front of them.
    private bool AreOftenWrittenAgain()
    {
        var found = 0;
        for (var sample = 1; sample <= Samples; sample++)
        {
            var number = _count - (sample * (_count / 2 / Samples));
            found += _hashes.AsSpan(0, number).Contains(_hashes[number]) ? 1 : 0;
        }
        return found >= SamplesFoundMin;
    }

    // What stays moves down, its keys into the other of two arrays: one of them is small until it happens twice.
    private void RemoveSuperseded()
    {
        ForgetNumbers();
        if (_otherKeys.Length < _keyBytes)
            _otherKeys = new byte[_keys.Length];
        (_keys, _otherKeys) = (_otherKeys, _keys);
        var count = _count;
        _count = 0;
        _keyBytes = 0;
        _superseded = 0;
        for (var number = 0; number < count; number++)
        {
            var entry = _entries[number];
            if (entry.IsSuperseded)
                continue;
            var key = _otherKeys.AsSpan(entry.KeyOffset, entry.KeyLength);
            Append(entry with { KeyOffset = AppendKey(key) }, _hashes[number]);
        }
    }

    private void CountHashLooks(int looks)
    {
        _hashLooks += looks;
        if (_index.IsCrowded)
        {
            if (_hashLooks >= (long)_count * _limits.HashesPerIndexedEntry)
                Sort();
            return;
        }
        if (_hashLooks < (long)(_count - _index.Count) * _limits.HashesPerIndexedEntry)
            return;
        _index.TryCatchUp(_capacity);
        _hashLooks = 0;
    }

    private void CountEntryLooks(int looks)
    {
        if (looks <= _limits.FewEntries)
            return;
        _entryLooks += looks;
        if (_entryLooks >= (long)_count * _limits.EntriesPerSortedEntry)
            Sort();
    }

    private void Sort()
    {
        _order.Sort();
        _entryLooks = 0;
        _hashLooks = 0;
    }

    private void ForgetNumbers()
    {
        _recent.Clear();
        _index.Clear();
        _order.Clear();
        _entryLooks = 0;
        _hashLooks = 0;
    }
}
