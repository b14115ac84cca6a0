using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

// Epochs decide when something that was unlinked may be freed, at no cost for readers: no lock, no counter, no line
// that two threads write. Each thread has a slot:
//
//     clock 7      slot A: 7      slot B: 0      slot C: 5      limbo: (x, 4) (y, 5) (z, 6)
//                  reads in 7     outside        reads in 5     x may be freed; y and z wait for C
//
//     reader                                      reclaimer
//     1  e = clock           (acquire load)       a  unlink the item from everything shared
//     2  slot = e            (plain store)        b  full fence, then stamp = clock; put (item, stamp) into limbo
//     3  load the shared     (acquire loads)      c  clock += 1                       (interlocked)
//        pointers, use them                       d  MemoryBarrierProcessWide
//     4  slot = 0            (release store)      e  oldest = the smallest slot that is not 0 (acquire loads)
//                                                 f  free the items whose stamp is below both the clock of c and oldest
//
// Why an item that a reader holds is never freed. Step 2 may sit in the reader's store buffer while step 3 already
// loads. The barrier of d makes every core of the process drain its buffer, so one of two holds for each reader:
//   * its store 2 came before d: e sees the slot. If it shows an epoch at or below the stamp, the item waits. If it
//     shows a greater one, 1 read the clock after some c that came after b, hence after a: step 3 cannot find the item.
//   * its store 2 came after d: so do its loads in 3, and they see a. The reader cannot find the item.
// Reading 0 at e because of 4 is harmless: the release store comes after the reader's last use.
//
// The reader's 1-2 and 4 are plain moves on x64; a fence there would cost 20 times as much, so the rare side pays it
// for both. The JIT does not move volatile loads over a volatile store, so 3 must load shared pointers with
// Volatile.Read. Nobody ever waits: what is not ripe stays in limbo for a later call. For synchronous reads only: a
// guard is a ref struct and cannot live across an await, hence limbo drains as soon as the reads under way are done.

/// <summary>
/// Lets readers use shared structures without a lock, and frees what was unlinked once they have moved on.
/// </summary>
/// <remarks>
/// Process-wide and thread-safe. The slots (128 bytes for each thread that ever read at the same time) are the one
/// thing that stays allocated for the life of the process.
/// </remarks>
internal static unsafe class Epochs
{
    private const int CollectAtLeast = 64;

    // A pair of cache lines of its own: readers load it on every entry.
    private static readonly long* Clock = NewClock();

    private static nint _firstSlot;
    private static readonly Lock LimboLock = new();
    private static readonly List<(IRetirable Item, long Stamp)> Limbo = new(CollectAtLeast);
    private static readonly List<IRetirable> Ripe = new(CollectAtLeast); // of the thread that collects
    private static int _collectAtCount = CollectAtLeast;
    private static int _collectRequests;

    [ThreadStatic]
    private static EpochSlot* _slot;

    [ThreadStatic]
    private static EpochSlotOwner? _slotOwner;

    /// <summary>Items that wait for readers, for metrics and tests.</summary>
    public static int LimboCount
    {
        get
        {
            lock (LimboLock)
                return Limbo.Count;
        }
    }

    /// <summary>
    /// Enters: until the guard is disposed, nothing that is retired from now on is reclaimed. May be nested.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EpochGuard Enter()
    {
        var slot = _slot;
        if (slot == null)
            slot = TakeSlot();
        var depth = slot->Depth;
        slot->Depth = depth + 1;
        if (depth == 0)
            Volatile.Write(ref slot->Epoch, Volatile.Read(ref *Clock));
        return new EpochGuard(slot);
    }

    /// <summary>
    /// Reclaims an item that no shared pointer leads to any more, once the readers of this moment have left. Never
    /// waits for them; now and then it reclaims what others have retired.
    /// </summary>
    public static void Retire(IRetirable item)
    {
        Interlocked.MemoryBarrier();
        bool isTimeToCollect;
        lock (LimboLock)
        {
            Limbo.Add((item, Volatile.Read(ref *Clock)));
            isTimeToCollect = Limbo.Count >= _collectAtCount;
        }
        if (isTimeToCollect)
            Collect();
    }

    /// <summary>
    /// Reclaims every retired item that no reader can hold any more. Some microseconds: it interrupts all cores.
    /// </summary>
    public static void Collect()
    {
        // One thread collects at a time. A caller that comes meanwhile leaves a request for one more round, so that
        // what it has just retired is looked at too, and goes on.
        if (Interlocked.Increment(ref _collectRequests) != 1)
            return;
        var requests = 1;
        try
        {
            do
            {
                requests = Volatile.Read(ref _collectRequests);
                TakeRipe();
                ReclaimRipe();
                requests = Interlocked.Add(ref _collectRequests, -requests);
            }
            while (requests != 0);
        }
        finally
        {
            Ripe.Clear();
            if (requests != 0)
                Volatile.Write(ref _collectRequests, 0);
        }
    }

    private static void TakeRipe()
    {
        if (LimboCount == 0)
            return;
        var now = Interlocked.Increment(ref *Clock);
        Barrier();
        var oldest = Math.Min(now, OldestReader());

        lock (LimboLock)
        {
            var kept = 0;
            for (var index = 0; index < Limbo.Count; index++)
            {
                var entry = Limbo[index];
                if (entry.Stamp < oldest)
                    Ripe.Add(entry.Item);
                else
                    Limbo[kept++] = entry;
            }
            Limbo.RemoveRange(kept, Limbo.Count - kept);
            // Doubling keeps the cost of a retirement constant even while a slow reader lets nothing ripen.
            _collectAtCount = Math.Max(CollectAtLeast, 2 * kept);
        }
    }

    private static void ReclaimRipe()
    {
        foreach (var item in Ripe)
            item.Reclaim();
        Ripe.Clear();
    }

    private static void Barrier()
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.EpochReclaimsWithoutBarrier)
            return;
#endif
        Interlocked.MemoryBarrierProcessWide();
    }

    private static long OldestReader()
    {
        var oldest = long.MaxValue;
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.EpochIgnoresReaders)
            return oldest;
#endif
        for (var slot = (EpochSlot*)Volatile.Read(ref _firstSlot); slot != null; slot = slot->Next)
        {
            var epoch = Volatile.Read(ref slot->Epoch);
            if (epoch != 0 && epoch < oldest)
                oldest = epoch;
        }
        return oldest;
    }

    // A slot whose thread has died, or a new one at the head of the chain.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static EpochSlot* TakeSlot()
    {
        var slot = (EpochSlot*)Volatile.Read(ref _firstSlot);
        while (slot != null && Interlocked.CompareExchange(ref slot->IsTaken, 1, 0) != 0)
            slot = slot->Next;
        if (slot == null)
            slot = AddSlot();
        Invariant.That(slot->Depth == 0 && slot->Epoch == 0);
        _slot = slot;
        _slotOwner = new EpochSlotOwner(slot);
        return slot;
    }

    private static EpochSlot* AddSlot()
    {
        var slot = (EpochSlot*)NativeMemory.AlignedAlloc(EpochSlot.Size, EpochSlot.Size);
        NativeMemory.Clear(slot, EpochSlot.Size);
        slot->IsTaken = 1;
        nint first;
        do
        {
            first = Volatile.Read(ref _firstSlot);
            slot->Next = (EpochSlot*)first;
        }
        while (Interlocked.CompareExchange(ref _firstSlot, (nint)slot, first) != first);
        return slot;
    }

    private static long* NewClock()
    {
        var clock = (long*)NativeMemory.AlignedAlloc(EpochSlot.Size, EpochSlot.Size);
        *clock = 1; // 0 means "outside" in a slot
        return clock;
    }
}
