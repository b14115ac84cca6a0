using System.Runtime.CompilerServices;

namespace FerrisDB.Transactions;

// Entries in the order of their writes, so that versions never descend, and a hash table that leads to them:
//
//     slots      0   [tag|2]   0    0   [tag|3]   0   [tag|1]   0      tag: 12 bits of the hash; 0 is free
//                       |                 |              |
//     entries    1: b at 40     2: f at 41     3: a at 44              version, first eight bytes, place of the key
//     keys       [b][f][a]
//
// A key that is written again has its bytes once and gets another entry; the one before leads nowhere any more and goes
// when the entries are full and half of them are like it. So whoever read a moment ago finds all that was written since
// at the end of the entries, and a range is checked by looking at those, one by one. Who looks at many again and again
// is better served by a sorted copy: see ConflictOrder.

/// <summary>The keys that were written by themselves within a period of versions, and when.</summary>
/// <remarks>
/// Filled, asked, and filled anew for a later period. How many slots a search looks at is limited, whatever the keys
/// are: one that finds no free slot among so many is refused.
/// </remarks>
internal sealed class ConflictPeriod
{
    public const int CapacityMin = 256;
    public const int CapacityMax = 1 << (NumberBits - 1);

    private const int NumberBits = 20;
    private const uint NumberMask = (1u << NumberBits) - 1;

    // With this many keys of this length an offset is far from its limit.
    private const int KeyBytesMax = 64 << 20;
    private const int KeyBytesPerEntry = 16;

    // Half of the slots stay free.
    private const int SlotsPerEntry = 2;

    // Entries that are looked at without regret: nothing is faster for so few.
    private const int FewEntries = 128;

    // What sorting costs for each entry, in entries looked at.
    private const int LooksPerSortedEntry = 32;

    private readonly int _probesMax;
    private readonly ConflictOrder _order;
    private uint[] _slots = [];
    private ConflictEntry[] _entries = [];
    private byte[] _keys = [];
    private int _capacity;
    private uint _slotMask;
    private int _count;
    private int _keyBytes;
    private int _superseded;
    private long _looks; // at entries that are not sorted, since they were sorted last

    /// <param name="probesMax">Slots that a search looks at.</param>
    public ConflictPeriod(int probesMax)
    {
        _probesMax = probesMax;
        _order = new ConflictOrder(this);
    }

    /// <summary>The version of the last write.</summary>
    public long NewestVersion { get; private set; }

    /// <summary>Keys in it.</summary>
    public int KeyCount => _count - _superseded;

    /// <summary>Entries that it has memory for.</summary>
    public int RoomEntries => _entries.Length;

    /// <summary>In the order of their writes.</summary>
    public ReadOnlySpan<ConflictEntry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Empties it for the next period.</summary>
    /// <param name="capacity">Entries at most; a power of two.</param>
    /// <param name="version">At or before that of the first write.</param>
    public void Begin(int capacity, long version)
    {
        var slotCount = capacity * SlotsPerEntry;
        if (_entries.Length < capacity)
        {
            _entries = new ConflictEntry[capacity];
            _slots = new uint[slotCount];
        }
        if (_keys.Length < capacity * KeyBytesPerEntry)
            _keys = new byte[capacity * KeyBytesPerEntry];
        _slots.AsSpan(0, slotCount).Clear();
        _slotMask = (uint)slotCount - 1;
        _capacity = capacity;
        _count = 0;
        _keyBytes = 0;
        _superseded = 0;
        NewestVersion = version;
        ForgetOrder();
    }

    /// <summary>False if a key of that length belongs into the next period.</summary>
    public bool HasRoomFor(int keyLength)
    {
        if (_count == _capacity && _superseded * 2 >= _count)
            RemoveSuperseded();
        return _count < _capacity && (_count == 0 || keyLength <= KeyBytesMax - _keyBytes);
    }

    /// <summary>
    /// Notes a write, for which there is room. False if the slots that the key may have are taken: then nothing has
    /// happened.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="version">Not older than that of any write before.</param>
    public bool TryAdd(ReadOnlySpan<byte> key, ulong hash, long version)
    {
        Invariant.That(version >= NewestVersion);
        var tag = TagOf(hash);
        var slot = (uint)hash & _slotMask;
        for (var probe = 0; probe < _probesMax; probe++, slot = (slot + 1) & _slotMask)
        {
            ref var content = ref _slots[slot];
            if (content == 0)
            {
                Append(new ConflictEntry(version, InternalKey.PrefixOf(key), AppendKey(key), key.Length));
                content = tag | (uint)_count;
                return true;
            }
            if ((content & ~NumberMask) == tag && KeyAt((int)(content & NumberMask) - 1).SequenceEqual(key))
            {
                Supersede(ref content, tag, version);
                return true;
            }
        }
        return false;
    }

    /// <summary>The version of the last write of a key; false if it is not here.</summary>
    public bool TryFind(ReadOnlySpan<byte> key, ulong hash, out long version)
    {
        var tag = TagOf(hash);
        var slot = (uint)hash & _slotMask;
        for (var probe = 0; probe < _probesMax; probe++, slot = (slot + 1) & _slotMask)
        {
            var content = _slots[slot];
            if (content == 0)
                break;
            var number = (int)(content & NumberMask) - 1;
            if ((content & ~NumberMask) != tag || !KeyAt(number).SequenceEqual(key))
                continue;
            version = _entries[number].Version;
            return true;
        }
        version = 0;
        return false;
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
        CountLooks(entries.Length - 1 - index);
        return false;
    }

    /// <summary>The key of an entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> KeyOf(in ConflictEntry entry) => _keys.AsSpan(entry.KeyOffset, entry.KeyLength);

    // The highest bits, because the lowest choose the slot; never that of a free slot, for numbers begin at one.
    private static uint TagOf(ulong hash) => (uint)(hash >> 32) & ~NumberMask;

    private ReadOnlySpan<byte> KeyAt(int number) => KeyOf(_entries[number]);

    private void Supersede(ref uint content, uint tag, long version)
    {
        var number = (int)(content & NumberMask) - 1;
        ref var entry = ref _entries[number];
        // The last entry stays the last one, whatever its version.
        if (entry.Version == version || (number == _count - 1 && _order.Count <= number))
        {
            entry.Version = version;
            NewestVersion = version;
            return;
        }
        entry.IsSuperseded = true;
        _superseded++;
        Append(entry with { Version = version, IsSuperseded = false });
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ConflictPeriodKeepsTheFirstWrite)
            return;
#endif
        content = tag | (uint)_count;
    }

    private void Append(in ConflictEntry entry)
    {
        _entries[_count++] = entry;
        NewestVersion = entry.Version;
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

    // Entries move down, slots stay where they are. The keys need not move: each is there once.
    private void RemoveSuperseded()
    {
        ForgetOrder();
        var moved = _order.Numbers(_count);
        var kept = 0;
        for (var number = 0; number < _count; number++)
        {
            if (_entries[number].IsSuperseded)
                continue;
            moved[number] = kept;
            _entries[kept++] = _entries[number];
        }
        foreach (ref var content in _slots.AsSpan(0, (int)_slotMask + 1))
        {
            if (content != 0)
                content = (content & ~NumberMask) | (uint)(moved[(int)(content & NumberMask) - 1] + 1);
        }
        _count = kept;
        _superseded = 0;
    }

    // Sorted once those who asked have had as much trouble as sorting makes: so nobody pays more than twice.
    private void CountLooks(int looks)
    {
        if (looks <= FewEntries)
            return;
        _looks += looks;
        if (_looks < (long)_count * LooksPerSortedEntry)
            return;
        _order.Sort();
        _looks = 0;
    }

    private void ForgetOrder()
    {
        _order.Clear();
        _looks = 0;
    }
}
