using System.Numerics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Transactions;

// A hash table without a key of its own: slots that lead to entries.
//
//     slots      0   [tag|2]   0    0   [tag|3]   0   [tag|1]   0      tag: 12 bits of the hash; 0 is free
//
// How many slots a search looks at is limited, whatever the keys are. If a key finds no free one among so many, be it
// chance or somebody's choice, the table is crowded, and another structure must tell.

/// <summary>The first entries of a <see cref="ConflictPeriod"/> by the hash of their keys.</summary>
/// <remarks>Takes memory when it is used for the first time.</remarks>
internal sealed class ConflictIndex(ConflictPeriod period, int probesMax)
{
    private const uint NumberMask = (1u << ConflictPeriod.NumberBits) - 1;

    // Half of the slots stay free, and more.
    private const int SlotsPerEntry = 2;

    private uint[] _slots = [];
    private uint _slotMask;

    /// <summary>Entries that it leads to: the first ones of the period.</summary>
    public int Count { get; private set; }

    /// <summary>A key found no room: nothing can be said about any.</summary>
    public bool IsCrowded { get; private set; }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Count = 0;
        IsCrowded = false;
    }

    /// <summary>
    /// Takes up all entries that there are; of a key that has several the newest, and the others are superseded.
    /// </summary>
    /// <returns>False if it is crowded.</returns>
    public bool TryCatchUp(int capacity)
    {
        if (Count == 0)
            Begin(capacity * SlotsPerEntry);
        var count = period.Entries.Length;
        for (; Count < count && !IsCrowded; Count++)
            IsCrowded = !period.Entries[Count].IsSuperseded && !TryAdd(Count);
        if (IsCrowded)
            Count = 0;
        return !IsCrowded;
    }

    /// <summary>Finds the entry that was the newest of a key when the table caught up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ReadOnlySpan<byte> key, uint hash, out int number)
    {
        var slot = hash & _slotMask;
        for (var probe = 0; probe < probesMax; probe++, slot = (slot + 1) & _slotMask)
        {
            var content = _slots[slot];
            if (content == 0)
                break;
            number = NumberOf(content);
            if (TagOf(content) == TagOf(hash) && period.KeyOf(number).SequenceEqual(key))
                return true;
        }
        number = -1;
        return false;
    }

    private bool TryAdd(int number)
    {
        var hash = period.HashOf(number);
        var slot = hash & _slotMask;
        for (var probe = 0; probe < probesMax; probe++, slot = (slot + 1) & _slotMask)
        {
            ref var content = ref _slots[slot];
            if (content == 0)
            {
                content = TagOf(hash) | (uint)(number + 1);
                return true;
            }
            if (TagOf(content) != TagOf(hash) || !period.HaveSameKey(NumberOf(content), number))
                continue;
            period.Supersede(NumberOf(content));
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.ConflictIndexKeepsTheFirstWrite)
                return true;
#endif
            content = TagOf(hash) | (uint)(number + 1);
            return true;
        }
        return false;
    }

    /// <summary>Asks for the memory that <see cref="TryFind"/> will look at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(uint hash)
    {
        fixed (uint* slots = _slots)
            Storage.Prefetch.Line(slots + (hash & _slotMask));
    }

    private void Begin(int slotCount)
    {
        slotCount = (int)BitOperations.RoundUpToPowerOf2((uint)slotCount);
        if (_slots.Length < slotCount)
            _slots = new uint[slotCount];
        else
            _slots.AsSpan(0, slotCount).Clear();
        _slotMask = (uint)slotCount - 1;
    }

    // The highest bits, because the lowest choose the slot; and never all of a slot that is free, for what leads to
    // the first entry is a one.
    private static uint TagOf(uint hashOrContent) => hashOrContent & ~NumberMask;

    private static int NumberOf(uint content) => (int)(content & NumberMask) - 1;
}
