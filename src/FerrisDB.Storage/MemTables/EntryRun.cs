using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// Recovery knows hundreds of thousands of entries before anybody may read one. Inserted one by one, in the order of the
// log, each is a search from the root with several cache misses, about 0.8 us. So they are written to the arena first,
// one behind the other, then sorted, and then linked from left to right, where the next place is mostly that behind the
// last one.
//
// What is sorted is a number of eight bytes, which are those of the key behind what all keys of the run have in common:
//
//     table/users/000017        common: table/users/0000        word: 17 and six zeros
//     table/users/000023
//
// Words need not tell all keys apart. The order only makes linking fast: the tree finds the place of an entry whatever
// comes before it.

/// <summary>Entries that are written to a MemTable's arena and wait to be linked in the order of their keys.</summary>
/// <remarks>For one thread. Used again for the next run, and for the next MemTable.</remarks>
internal sealed unsafe class EntryRun : IDisposable
{
    /// <summary>Entries of a run at most: two buffers of 8 MiB.</summary>
    public const int CountMax = 1 << 19;

    // The most that an entry takes of the nodes of a tree: see MemTable.
    private const int NodeBytesMax = 36;

    private const int DigitBits = 8;
    private const int Digits = sizeof(ulong);
    private const int DigitValues = 1 << DigitBits;

    private readonly int _countMax;
    private readonly NativeBuffer _buffer;
    private Item* _items;
    private Item* _scratch;
    private uint _first;
    private int _commonLength;

    /// <param name="countMax">Entries that it takes before it must be linked.</param>
    public EntryRun(int countMax = CountMax)
    {
        Invariant.That(countMax is > 0 and <= CountMax);
        _countMax = countMax;
        var bytes = countMax * sizeof(Item);
        _buffer = NativeBuffer.Allocate(2 * bytes, HugePages.SizeBytes);
        HugePages.Advise(_buffer.Pointer, 2 * bytes);
        _items = (Item*)_buffer.Pointer;
        _scratch = (Item*)(_buffer.Pointer + bytes);
    }

    public int Count { get; private set; }

    public bool IsFull => Count == _countMax;

    /// <summary>What linking takes of the MemTable at most.</summary>
    public long ReservedBytes => (long)Count * NodeBytesMax;

    /// <summary>Takes an entry that is written, in the order of versions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(BTree tree, uint entry, ReadOnlySpan<byte> key)
    {
        if (Count == 0)
        {
            _first = entry;
            _commonLength = key.Length;
        }
        else if (_commonLength > 0)
        {
            var common = tree.EntryAt(_first).Key[.._commonLength];
            if (!key.StartsWith(common))
                _commonLength = common.CommonPrefixLength(key);
        }
        _items[Count++].Entry = entry;
    }

    /// <summary>Sorts the run; afterwards <see cref="EntryAt"/> is in the order of keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort(BTree tree)
    {
        var isSorted = true;
        var last = 0UL;
        for (var index = 0; index < Count; index++)
        {
            var word = WordAt(tree.EntryAt(_items[index].Entry).Key, _commonLength);
            _items[index].Word = word;
            isSorted &= word > last || index == 0;
            last = word;
        }
        if (isSorted)
            return;
        // Of a key's versions the newest comes first. The passes keep the order of what they find equal.
        new Span<Item>(_items, Count).Reverse();
        var counts = stackalloc int[Digits * DigitValues];
        CountDigits(counts);
        for (var digit = 0; digit < Digits; digit++)
            SortBy(digit, counts + (digit * DigitValues));
    }

    /// <summary>An entry of the run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint EntryAt(int index) => _items[index].Entry;

    public void Clear() => Count = 0;

    public void Dispose() => _buffer.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountDigits(int* counts)
    {
        new Span<int>(counts, Digits * DigitValues).Clear();
        for (var index = 0; index < Count; index++)
        {
            var word = _items[index].Word;
            for (var digit = 0; digit < Digits; digit++)
                counts[(digit * DigitValues) + (int)((word >> (digit * DigitBits)) & (DigitValues - 1))]++;
        }
    }

    // One pass of a radix sort, the lowest digit first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortBy(int digit, int* counts)
    {
        var shift = digit * DigitBits;
        if (counts[(int)((_items[0].Word >> shift) & (DigitValues - 1))] == Count)
            return; // all are equal here
        var begin = 0;
        for (var value = 0; value < DigitValues; value++)
            (counts[value], begin) = (begin, begin + counts[value]);
        for (var index = 0; index < Count; index++)
        {
            var item = _items[index];
            _scratch[counts[(int)((item.Word >> shift) & (DigitValues - 1))]++] = item;
        }
        var sorted = _scratch;
        _scratch = _items;
        _items = sorted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WordAt(ReadOnlySpan<byte> key, int offset) =>
        offset + sizeof(ulong) <= key.Length
            ? BinaryPrimitives.ReadUInt64BigEndian(key[offset..])
            : InternalKey.PrefixOf(key[Math.Min(offset, key.Length)..]);

    private struct Item
    {
        public ulong Word;
        public uint Entry;
    }
}
