namespace FerrisDB.Native;

// A handle is what a C program holds for one of our objects. It looks like a pointer, aligned and far from anything
// that is mapped, and is none:
//
//     bit   44  43         28 27          4 3    0
//          +---+-------------+-------------+------+
//          | 1 | generation  | slot        | 0    |
//          +---+-------------+-------------+------+
//
// A slot counts a generation up when its handle is destroyed, and free slots are used again in the order in which they
// became free. So a handle that is used after it was destroyed, or twice, or of another kind than the function expects,
// finds nothing: 65,536 generations of at least 256 slots must pass before it finds somebody else.

/// <summary>What the handles of C programs stand for.</summary>
/// <remarks>Thread-safe. To look up takes no lock.</remarks>
internal static class HandleTable
{
    private const long Mark = 1L << 44;
    private const int GenerationShift = 28;
    private const int SlotShift = 4;
    // Few slots that are used in turn stay in the processor's cache.
    private const int ChunkBits = 8;
    private const int ChunkSize = 1 << ChunkBits;
    private const int ChunksMax = 1 << (GenerationShift - SlotShift - ChunkBits);
    private const int SlotMask = (1 << (GenerationShift - SlotShift)) - 1;

    // What is the same in all handles.
    private const long FixedBits = ~(((Mark - 1) >> SlotShift) << SlotShift);
    private const int Nothing = -1;

    private static readonly Lock Gate = new();
    private static readonly HandleSlot[]?[] Chunks = new HandleSlot[ChunksMax][];

    // Under the lock: free slots, oldest first.
    private static int _firstFree = Nothing;
    private static int _lastFree = Nothing;
    private static int _chunkCount;

    /// <summary>Makes a handle. Zero, the null pointer, if sixteen million are in use.</summary>
    public static nint Add(object target)
    {
        lock (Gate)
        {
            if (_firstFree == Nothing && !TryGrow())
                return 0;
            var slot = _firstFree;
            ref var place = ref At(slot);
            _firstFree = place.Next;
            if (_firstFree == Nothing)
                _lastFree = Nothing;
            Volatile.Write(ref place.Target, target);
            return HandleOf(place.Generation, slot);
        }
    }

    /// <summary>The future that a handle stands for, or null if it is none, or of something else.</summary>
    public static Future? FindFuture(nint handle) => Find(handle) as Future;

    /// <summary>The transaction that a handle stands for, or null.</summary>
    public static TransactionHandle? FindTransaction(nint handle) => Find(handle) as TransactionHandle;

    /// <summary>The database that a handle stands for, or null.</summary>
    public static DatabaseHandle? FindDatabase(nint handle) => Find(handle) as DatabaseHandle;

    /// <summary>What a handle stands for, or null if it is none.</summary>
    public static object? Find(nint handle)
    {
        var slot = (int)(handle >> SlotShift) & SlotMask;
        if ((handle & FixedBits) != Mark || Volatile.Read(ref Chunks[slot >> ChunkBits]) is not { } chunk)
            return null;
        ref var place = ref chunk[slot & (ChunkSize - 1)];
        var target = Volatile.Read(ref place.Target);
        // A slot that is freed counts up first and changes its target afterwards.
        return Volatile.Read(ref place.Generation) == (ushort)(handle >> GenerationShift) ? target : null;
    }

    /// <summary>
    /// Ends a handle and makes the next one of the same slot, for the same target. Zero, the null pointer, if the
    /// handle has ended already.
    /// </summary>
    public static nint Renew(nint handle, object target)
    {
        if (!TryGetSlot(handle, out var slot, out var generation))
            return 0;
        ref var place = ref At(slot);
        var next = (ushort)(generation + 1);
        return place.Target == target
            && Interlocked.CompareExchange(ref place.Generation, next, generation) == generation
            ? HandleOf(next, slot)
            : 0;
    }

    /// <summary>Ends a handle. What it stood for, or null if it was none, or of something else.</summary>
    public static T? Remove<T>(nint handle)
        where T : class
    {
        if (!TryGetSlot(handle, out var slot, out var generation))
            return null;
        lock (Gate)
        {
            ref var place = ref At(slot);
            if (place.Generation != generation || place.Target is not T target)
                return null;
            // Another thread may renew it at the same moment: one of the two has it.
            if (Interlocked.CompareExchange(ref place.Generation, (ushort)(generation + 1), generation) != generation)
                return null;
            Volatile.Write(ref place.Target, null);
            Free(slot);
            return target;
        }
    }

    private static bool TryGetSlot(nint handle, out int slot, out ushort generation)
    {
        slot = (int)(handle >> SlotShift) & SlotMask;
        generation = (ushort)(handle >> GenerationShift);
        return (handle & FixedBits) == Mark && Volatile.Read(ref Chunks[slot >> ChunkBits]) is not null;
    }

    private static nint HandleOf(ushort generation, int slot) =>
        (nint)(Mark | ((long)generation << GenerationShift) | ((long)slot << SlotShift));

    private static ref HandleSlot At(int slot) => ref Chunks[slot >> ChunkBits]![slot & (ChunkSize - 1)];

    private static bool TryGrow()
    {
        if (_chunkCount == ChunksMax)
            return false;
        var first = _chunkCount << ChunkBits;
        Volatile.Write(ref Chunks[_chunkCount++], new HandleSlot[ChunkSize]);
        for (var slot = first; slot < first + ChunkSize; slot++)
            Free(slot);
        return true;
    }

    private static void Free(int slot)
    {
        At(slot).Next = Nothing;
        if (_firstFree == Nothing)
            _firstFree = slot;
        else
            At(_lastFree).Next = slot;
        _lastFree = slot;
    }
}
