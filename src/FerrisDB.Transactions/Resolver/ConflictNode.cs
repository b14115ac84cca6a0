using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FerrisDB.Transactions;

// How a node keeps its keys. What they all begin with is stored once, the rest of each key lies in the node's heap:
//
//     heap     [ prefix ][ rest of key 3 ][ rest of key 0 ] ... free
//     window   the eight bytes of a key behind the prefix, as a big-endian number, short ones filled up with zeros
//
// Windows decide nearly everything, several at once and without a look into the heap. Where two are equal, the rests
// are compared. The prefix is as long as it can be when a node is made; a key that does not begin with it makes it
// shorter. Removed keys leave holes in the heap, which is laid out anew when it is full.

/// <summary>A node of the tree that a <see cref="ConflictSet"/> is: sorted keys, and room for 64 of them.</summary>
internal abstract class ConflictNode(ConflictBuffer scratch)
{
    public const int SlotCount = 64;
    public const int KeysMax = SlotCount - 1;

    private const int WindowBytes = sizeof(long);

    // Enough for a node full of keys of which sixteen bytes are behind the prefix, a quarter left free.
    private const int HeapBytesMin = 24 * SlotCount;
    private const int KeptHeapBytesMax = 16 << 10;

    // Behind every window or equal to it: never counted as below one.
    private const long UnusedWindow = long.MaxValue;

    private byte[] _heap = new byte[HeapBytesMin];
    private int _heapUsed;
    private int _prefixLength;
    private SlotArray<long> _windows = AllUnused();
    private SlotArray<KeyPlace> _places;

    /// <summary>Slots in use.</summary>
    public int Count { get; private set; }

    /// <summary>True if no key can be added; a branch has one child more than keys.</summary>
    public bool IsFull => Count == KeysMax;

    /// <summary>Boundaries in the node and below it.</summary>
    public abstract int BoundaryCount { get; }

    /// <summary>The newest version in the node and below it.</summary>
    public abstract long FindNewest();

    private ReadOnlySpan<byte> Prefix => _heap.AsSpan(0, _prefixLength);

    /// <summary>The first slot whose key is not before a key.</summary>
    public int Find(ReadOnlySpan<byte> key, out bool isFound)
    {
        var prefixLength = _prefixLength;
        if (prefixLength > 0)
        {
            if (!key.StartsWith(Prefix))
            {
                isFound = false;
                return key.SequenceCompareTo(Prefix) < 0 ? 0 : Count;
            }
            key = key[prefixLength..];
        }
        var window = WindowOf(key);
        var index = CountBelow(window);
        if (index < Count && _windows[index] == window)
            return FindAmongTies(index, window, key, out isFound);
        isFound = false;
        return index;
    }

    /// <summary>Copies a key and returns the copy, which the next use of the buffer overwrites.</summary>
    public ReadOnlySpan<byte> CopyKey(int index, ConflictBuffer buffer)
    {
        var rest = Rest(index);
        var copy = buffer.Span(_prefixLength + rest.Length);
        Prefix.CopyTo(copy);
        rest.CopyTo(copy[_prefixLength..]);
        return copy;
    }

    /// <summary>True if the key of a slot is this one.</summary>
    public bool IsKey(int index, ReadOnlySpan<byte> key) =>
        key.StartsWith(Prefix) && key[_prefixLength..].SequenceEqual(Rest(index));

    /// <summary>How many bytes two keys of the node have in common.</summary>
    public int CommonLength(int left, int right) => _prefixLength + Rest(left).CommonPrefixLength(Rest(right));

    /// <summary>How many bytes a key of the node and another one have in common.</summary>
    public int CommonLength(int index, ReadOnlySpan<byte> key) =>
        key.StartsWith(Prefix)
            ? _prefixLength + Rest(index).CommonPrefixLength(key[_prefixLength..])
            : Prefix.CommonPrefixLength(key);

    /// <summary>Empties the node for its next use.</summary>
    public virtual void Clear()
    {
        Truncate(0);
        if (_heap.Length > KeptHeapBytesMax)
            _heap = new byte[HeapBytesMin];
    }

    /// <summary>Makes room for a key at a slot. What else the slot has is up to the caller.</summary>
    protected void InsertKey(int index, ReadOnlySpan<byte> key)
    {
        Invariant.That(Count < KeysMax);
        if (Count == 0)
            StartWith(key);
        else if (!key.StartsWith(Prefix))
            LayOut(Prefix.CommonPrefixLength(key), room: 0);
        var rest = key[_prefixLength..];
        if (_heapUsed + rest.Length > _heap.Length)
            LayOut(_prefixLength, rest.Length);

        MakeRoom<long>(_windows, index, Count);
        MakeRoom<KeyPlace>(_places, index, Count);
        rest.CopyTo(_heap.AsSpan(_heapUsed));
        _windows[index] = WindowOf(rest);
        _places[index] = new KeyPlace(_heapUsed, rest.Length);
        _heapUsed += rest.Length;
        Count++;
    }

    /// <summary>Moves what is in slots from an index on by one.</summary>
    protected static void MakeRoom<T>(Span<T> slots, int index, int count) =>
        slots[index..count].CopyTo(slots[(index + 1)..]);

    /// <summary>Removes slots; callers have closed the hole in their own arrays.</summary>
    protected void RemoveKeys(int from, int to)
    {
        CloseHole<long>(_windows, from, to, Count);
        CloseHole<KeyPlace>(_places, from, to, Count);
        Truncate(Count - (to - from));
    }

    /// <summary>Moves what is behind some slots into their place.</summary>
    protected static void CloseHole<T>(Span<T> slots, int from, int to, int count) =>
        slots[to..count].CopyTo(slots[from..]);

    /// <summary>Moves the key of a slot to another one, which is lost.</summary>
    protected void MoveKey(int from, int to)
    {
        _windows[to] = _windows[from];
        _places[to] = _places[from];
    }

    /// <summary>Gives up all slots from one on.</summary>
    protected void Truncate(int count)
    {
        ((Span<long>)_windows)[count..Count].Fill(UnusedWindow);
        Count = count;
        if (count == 0)
            (_heapUsed, _prefixLength) = (0, 0);
    }

    /// <summary>Moves the keys from a slot on to an empty node; both prefixes become as long as they can be.</summary>
    protected void MoveKeysTo(ConflictNode right, int from)
    {
        Invariant.That(right.Count == 0 && from > 0);
        if (from < Count)
        {
            right.TakeKeys(this, from);
            Truncate(from);
        }
        LayOut(CommonLength(0, Count - 1), room: 0);
    }

    private void TakeKeys(ConflictNode source, int from)
    {
        StartWith(source.CopyKey(from, scratch)[..source.CommonLength(from, source.Count - 1)]);
        var cut = _prefixLength - source._prefixLength;
        for (var index = from; index < source.Count; index++)
        {
            var rest = source.Rest(index)[cut..];
            if (_heapUsed + rest.Length > _heap.Length)
                LayOut(_prefixLength, rest.Length);
            rest.CopyTo(_heap.AsSpan(_heapUsed));
            _windows[Count] = WindowOf(rest);
            _places[Count] = new KeyPlace(_heapUsed, rest.Length);
            _heapUsed += rest.Length;
            Count++;
        }
    }

    private void StartWith(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length > _heap.Length)
            _heap = new byte[BitOperations.RoundUpToPowerOf2((uint)prefix.Length * 2)];
        prefix.CopyTo(_heap);
        _prefixLength = prefix.Length;
        _heapUsed = prefix.Length;
    }

    // Writes the heap anew, without holes, with another prefix length and with room for more. There are keys.
    private void LayOut(int prefixLength, int room)
    {
        var size = prefixLength + room;
        for (var index = 0; index < Count; index++)
            size += _prefixLength + _places[index].Length - prefixLength;
        // A quarter stays free, or the next few keys would each lay it out again.
        var roomy = size + (size / 4);
        var larger = roomy <= _heap.Length ? null : new byte[BitOperations.RoundUpToPowerOf2((uint)roomy)];
        var target = larger ?? scratch.Span(size);

        CopyPart(0, 0, prefixLength, target);
        var used = prefixLength;
        for (var index = 0; index < Count; index++)
        {
            var length = _prefixLength + _places[index].Length - prefixLength;
            CopyPart(index, prefixLength, length, target[used..]);
            _windows[index] = WindowOf(target.Slice(used, length));
            _places[index] = new KeyPlace(used, length);
            used += length;
        }
        if (larger is null)
            target[..used].CopyTo(_heap);
        else
            _heap = larger;
        (_prefixLength, _heapUsed) = (prefixLength, used);
    }

    private void CopyPart(int index, int start, int length, Span<byte> target)
    {
        var rest = Rest(index);
        if (start < _prefixLength)
        {
            var head = Prefix.Slice(start, Math.Min(_prefixLength - start, length));
            head.CopyTo(target);
            rest[..(length - head.Length)].CopyTo(target[head.Length..]);
        }
        else
        {
            rest.Slice(start - _prefixLength, length).CopyTo(target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Rest(int index) => _heap.AsSpan(_places[index].Offset, _places[index].Length);

    private int FindAmongTies(int index, long window, ReadOnlySpan<byte> rest, out bool isFound)
    {
        var order = rest.SequenceCompareTo(Rest(index));
        isFound = order == 0;
        if (order <= 0)
            return index;
        index++;
        for (var end = window == UnusedWindow ? Count : CountBelow(window + 1); index < end;)
        {
            var middle = (int)((uint)(index + end) / 2);
            order = rest.SequenceCompareTo(Rest(middle));
            if (order == 0)
            {
                isFound = true;
                return middle;
            }
            if (order < 0)
                end = middle;
            else
                index = middle + 1;
        }
        return index;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CountBelow(long window)
    {
        ref var first = ref Unsafe.As<SlotArray<long>, long>(ref _windows);
        var bounds = Vector256.Create(window);
        var even = Vector256<long>.Zero;
        var odd = Vector256<long>.Zero;
        for (nuint slot = 0; slot < SlotCount; slot += 16)
        {
            even += Vector256.LessThan(Vector256.LoadUnsafe(ref first, slot), bounds);
            odd += Vector256.LessThan(Vector256.LoadUnsafe(ref first, slot + 4), bounds);
            even += Vector256.LessThan(Vector256.LoadUnsafe(ref first, slot + 8), bounds);
            odd += Vector256.LessThan(Vector256.LoadUnsafe(ref first, slot + 12), bounds);
        }
        return -(int)Vector256.Sum(even + odd); // true is minus one
    }

    // Vectors compare signed numbers: the highest bit is turned over.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long WindowOf(ReadOnlySpan<byte> rest) =>
        BinaryPrimitives.TryReadInt64BigEndian(rest, out var window) ? window ^ long.MinValue : ShortWindowOf(rest);

    private static long ShortWindowOf(ReadOnlySpan<byte> rest)
    {
        Span<byte> filled = stackalloc byte[WindowBytes];
        filled.Clear();
        rest.CopyTo(filled);
        return BinaryPrimitives.ReadInt64BigEndian(filled) ^ long.MinValue;
    }

    private static SlotArray<long> AllUnused()
    {
        var windows = default(SlotArray<long>);
        MemoryMarshal.CreateSpan(ref windows[0], SlotCount).Fill(UnusedWindow);
        return windows;
    }

    private readonly record struct KeyPlace(int Offset, int Length);
}
