using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// Every table has an array of slots, one for each of its blocks. A slot holds the address of the decoded block, or says
// that it is not there; so a hit is one load, without a hash, a lock or a copy:
//
//     slot     address of a Block (even)    the block is in the cache
//              stamp << 1 | 1               it is not; if the stamp is not 0: which eviction it was that took it
//
// A block lives in one of two queues (this is S3-FIFO; its ghost queue is the stamps):
//
//     miss --> probation --oldest--> used meanwhile?  yes: kept    no: evicted, and the slot gets a stamp
//     miss on a slot whose stamp is fresh ----------------> kept
//              kept       --oldest--> used meanwhile?  yes: to the back, with one use less    no: evicted
//
// Only what a get or a seek chooses counts as used. What a scan passes by goes through probation, which is a tenth of
// the budget once the cache is full, and never moves what is kept.
//
// A scan that is larger than the cache and comes again would find nothing: first in, first out evicts just what it will
// want next. So when the cache is full a scan mostly takes the place of the block that it has just left behind, and
// what it read first stays for the next round. Every so often it takes the oldest place after all, or else a cache that
// is full of old things would never learn of a new range that is scanned again and again.
//
// Who may do what with a block that a slot leads to:
//
//     a get      inside an epoch: loads the slot, reads the block; the block is freed through Epochs, after it has left
//     a cursor   inside an epoch: loads the slot, raises the pin count unless it is Dead, leaves the epoch
//     eviction   under the lock: pin count 0 -> Dead by compare-and-swap (pinned blocks are passed over), empties the
//                slot, retires the block
//     a fill     under the lock: fills an empty slot; if another thread was faster, drops its own copy
//
// Slots change under the lock alone, so the only race is with readers, and they see an address or none.

/// <summary>Decoded blocks of all tables within one budget of bytes.</summary>
/// <remarks>
/// Thread-safe. Published blocks stay below the budget; if pinned ones leave no room, a block is used without being
/// published (<see cref="Bypasses"/>).
/// </remarks>
internal sealed unsafe class BlockCache : IDisposable
{
    public const nint EmptySlot = 1;

    private const byte FrequencyMax = 3;
    private const int ProbationShare = 10;

    // One in so many blocks of a scan takes the oldest place in a full cache, the others that of the one before.
    private const int ScanLearnsEvery = 16;

    // What has been evicted but may still be read by someone is covered by this share of the budget; of a small budget,
    // by more: it costs some microseconds to find out what may be freed.
    private const int RetiredShare = 64;
    private const int RetiredShareMax = 4;
    private const long RetiredBytesMin = 1 << 20;

    // So many slots are emptied under the lock at a time: some microseconds.
    private const int SlotsPerRemoval = 64;

    // A block that takes more than this share of the cache is not worth what it would push out.
    private const int LargestShare = 8;

    private readonly Lock _lock = new();
    private readonly long _publishedMax;
    private readonly long _retiredMax;
    private readonly Stack<RetiredBlocks> _retiredPool = new(); // guarded by _lock
    private BlockQueue _probation = new(CacheQueue.Probation); // guarded by _lock, as is _kept
    private BlockQueue _kept = new(CacheQueue.Kept);
    private uint _scanFills; // guarded by _lock
    private long _retiredBytes;
    private long _evictions;
    private long _fills;
    private long _bypasses;

    public BlockCache(long budgetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budgetBytes);
        BudgetBytes = budgetBytes;
        Allocator = new BlockAllocator(budgetBytes);
        _retiredMax = Math.Min(Math.Max(budgetBytes / RetiredShare, RetiredBytesMin), budgetBytes / RetiredShareMax);
        _publishedMax = budgetBytes - _retiredMax;
    }

    public long BudgetBytes { get; }

    public BlockAllocator Allocator { get; }

    /// <summary>Cursors that are not in use, with their buffers.</summary>
    public CursorPool Cursors { get; } = new();

    /// <summary>Bytes of the blocks that slots lead to.</summary>
    public long PublishedBytes
    {
        get
        {
            lock (_lock)
                return _probation.SizeBytes + _kept.SizeBytes;
        }
    }

    /// <summary>Blocks that had to be read from their file.</summary>
    public long Fills => Interlocked.Read(ref _fills);

    public long Evictions => Interlocked.Read(ref _evictions);

    /// <summary>Fills that were not published, because the block is huge or pinned blocks fill the cache.</summary>
    public long Bypasses => Interlocked.Read(ref _bypasses);

    /// <summary>The block that a slot leads to, or null. Call inside an epoch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block* Find(nint* slot, BlockUse use)
    {
        var seen = Volatile.Read(ref *slot);
        if ((seen & 1) != 0)
            return null;
        var block = (Block*)seen;
        Block.Prefetch(block);
        // Lost updates do no harm, and once it is at its maximum nobody writes the line any more.
        if (use == BlockUse.Chosen && block->Frequency < FrequencyMax)
            block->Frequency++;
        return block;
    }

    /// <summary>Asks for the block that a slot leads to. Only its address is used, so it may be gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(nint* slot)
    {
        var seen = Volatile.Read(ref *slot);
        if ((seen & 1) == 0)
            Block.Prefetch((Block*)seen);
    }

    /// <summary>Asks for the first or last entries of the block that a slot leads to. Call inside an epoch.</summary>
    public static void PrefetchEnd(nint* slot, bool isLastEnd)
    {
        var seen = Volatile.Read(ref *slot);
        if ((seen & 1) == 0)
            Block.PrefetchEnd((Block*)seen, isLastEnd);
    }

    /// <summary>Keeps a block from being evicted; false if it already was. Call inside an epoch.</summary>
    public static bool TryPin(Block* block)
    {
        var seen = Volatile.Read(ref block->Pins);
        while (seen != Block.Dead)
        {
            var before = Interlocked.CompareExchange(ref block->Pins, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }

    /// <summary>Gives a pin back.</summary>
    public void Unpin(Block* block)
    {
        // Read first: once the count is zero a published block may be evicted and freed by others.
        var isOurs = block->Slot == null;
        var pins = Interlocked.Decrement(ref block->Pins);
        Invariant.That(pins >= 0);
        if (isOurs && pins == 0)
            Allocator.Free(block);
    }

    /// <summary>
    /// Takes a block that was just read. Returns the block to use: this one, or that of a thread that was faster.
    /// Call inside an epoch; unless it is to be pinned, the block is valid until the epoch is left.
    /// </summary>
    public Block* Publish(nint* slot, Block* block, BlockUse use, bool isPinned)
    {
        Interlocked.Increment(ref _fills);
        if (Interlocked.Read(ref _retiredBytes) > _retiredMax / 2)
            Epochs.Collect();

        Block* evicted = null;
        Block* spare = null;
        RetiredBlocks? retired = null;
        lock (_lock)
        {
            var seen = *slot;
            if ((seen & 1) == 0)
            {
                spare = block;
                block = (Block*)seen;
            }
            else if (block->SizeBytes <= BudgetBytes / LargestShare && TryMakeRoom(block->SizeBytes, use, ref evicted))
            {
                Insert(slot, block, seen >> 1, use);
            }
            else
            {
                Interlocked.Increment(ref _bypasses);
                if (!isPinned)
                    Chain(block, ref evicted);
            }
            if (isPinned)
                Interlocked.Increment(ref block->Pins);
            if (evicted != null)
                retired = _retiredPool.TryPop(out var pooled) ? pooled : new RetiredBlocks(this);
        }
        if (spare != null)
            Allocator.Free(spare);
        if (retired is not null)
            Retire(retired, evicted);
        return block;
    }

    /// <summary>Empties slots and frees their blocks. Nobody may read or pin them any more.</summary>
    public void Remove(nint* slots, int count)
    {
        // A table has thousands of blocks: other threads must not wait for all of them.
        for (var first = 0; first < count; first += SlotsPerRemoval)
            RemoveSome(slots + first, Math.Min(SlotsPerRemoval, count - first));
    }

    public void Dispose()
    {
        Cursors.Dispose();
        Epochs.Collect();
        Allocator.Dispose();
    }

    [System.Diagnostics.Conditional("FERRIS_CHECKED")]
    public void AssertInvariants()
    {
        lock (_lock)
        {
            var published = _probation.SizeBytes + _kept.SizeBytes;
            Invariant.Checked(published <= _publishedMax, $"{published} bytes of blocks in a cache of {_publishedMax}");
            AssertInvariants(_probation, CacheQueue.Probation);
            AssertInvariants(_kept, CacheQueue.Kept);
        }
    }

    private void RemoveSome(nint* slots, int count)
    {
        Block* removed = null;
        lock (_lock)
        {
            for (var index = 0; index < count; index++)
            {
                var seen = slots[index];
                if ((seen & 1) != 0)
                    continue;
                var block = (Block*)seen;
                Invariant.That(block->Pins == 0);
                QueueOf(block).Remove(block);
                slots[index] = EmptySlot;
                Chain(block, ref removed);
            }
        }
        FreeChain(removed);
    }

    private static void AssertInvariants(in BlockQueue queue, CacheQueue name)
    {
        var (count, bytes) = (0, 0L);
        for (var block = queue.Oldest; block != null; block = block->Newer)
        {
            Invariant.Checked(block->Queue == name, $"a block of {block->Queue} in {name}");
            Invariant.Checked(*block->Slot == (nint)block, $"a slot that does not lead to its block");
            Invariant.Checked(block->Pins >= 0, $"an evicted block in {name}");
            count++;
            bytes += block->SizeBytes;
        }
        Invariant.Checked(count == queue.Count && bytes == queue.SizeBytes, $"{count} blocks, {bytes} bytes in {name}");
    }

    private void Insert(nint* slot, Block* block, nint stamp, BlockUse use)
    {
        block->Slot = slot;
        block->WasPassed = use == BlockUse.Passed;
        // Evicted lately, and wanted again before as many others were: it should have been kept.
        var isGhost = stamp != 0 && _evictions - stamp < _kept.Count + _probation.Count;
        if (isGhost && use == BlockUse.Chosen)
            _kept.Add(block);
        else
            _probation.Add(block);
        Volatile.Write(ref *slot, (nint)block);
    }

    private bool TryMakeRoom(int bytes, BlockUse use, ref Block* evicted)
    {
        // Each step evicts a block, moves one, or takes one use from it, so this many steps mean that all are pinned.
        var steps = (_probation.Count + _kept.Count) * (FrequencyMax + 2);
        var isReplacing = use == BlockUse.Passed && ++_scanFills % ScanLearnsEvery != 0;
        while (_probation.SizeBytes + _kept.SizeBytes + bytes > _publishedMax)
        {
            if (isReplacing && TryEvictPassed(ref evicted))
                continue;
            if (steps-- == 0)
                return false;
            if (_kept.Count == 0 || _probation.SizeBytes > _publishedMax / ProbationShare)
                StepProbation(ref evicted);
            else
                StepKept(ref evicted);
        }
        return true;
    }

    // The block that this scan, or another one, has read last.
    private bool TryEvictPassed(ref Block* evicted)
    {
        var block = _probation.Newest;
        return block != null && block->WasPassed && block->Frequency == 0
            && TryEvict(ref _probation, block, ref evicted);
    }

    private void StepProbation(ref Block* evicted)
    {
        var block = _probation.Oldest;
        if (block->Frequency > 0)
        {
            _probation.Remove(block);
            block->Frequency = 0;
            _kept.Add(block);
        }
        else if (!TryEvict(ref _probation, block, ref evicted))
        {
            _probation.Remove(block);
            _probation.Add(block);
        }
    }

    private void StepKept(ref Block* evicted)
    {
        var block = _kept.Oldest;
        if (block->Frequency == 0 && TryEvict(ref _kept, block, ref evicted))
            return;
        if (block->Frequency > 0)
            block->Frequency--;
        _kept.Remove(block);
        _kept.Add(block);
    }

    private bool TryEvict(ref BlockQueue queue, Block* block, ref Block* evicted)
    {
        if (Interlocked.CompareExchange(ref block->Pins, Block.Dead, 0) != 0)
            return false;
        queue.Remove(block);
        var stamp = Interlocked.Increment(ref _evictions);
        Volatile.Write(ref *block->Slot, (nint)((stamp << 1) | 1));
        Chain(block, ref evicted);
        return true;
    }

    private static void Chain(Block* block, ref Block* evicted)
    {
        block->Older = evicted;
        evicted = block;
    }

    private long FreeChain(Block* first)
    {
        var freed = 0L;
        for (var block = first; block != null;)
        {
            var next = block->Older;
            freed += block->SizeBytes;
            Allocator.Free(block);
            block = next;
        }
        return freed;
    }

    private ref BlockQueue QueueOf(Block* block)
    {
        if (block->Queue == CacheQueue.Kept)
            return ref _kept;
        return ref _probation;
    }

    private void Retire(RetiredBlocks retired, Block* evicted)
    {
        retired.First = evicted;
        for (var block = evicted; block != null; block = block->Older)
            Interlocked.Add(ref _retiredBytes, block->SizeBytes);
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.CacheFreesWithoutEpoch)
        {
            retired.Reclaim();
            return;
        }
#endif
        Epochs.Retire(retired);
    }

    /// <summary>Blocks that were evicted together, linked by their headers.</summary>
    private sealed class RetiredBlocks(BlockCache cache) : IRetirable
    {
        public Block* First { get; set; }

        public void Reclaim()
        {
            var freed = cache.FreeChain(First);
            First = null;
            Interlocked.Add(ref cache._retiredBytes, -freed);
            lock (cache._lock)
                cache._retiredPool.Push(this);
        }
    }
}
