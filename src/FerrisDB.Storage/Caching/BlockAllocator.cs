using System.Numerics;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

// Blocks have nearly the same size, come and go all the time, and are read at random: so they get memory of their own,
// on huge pages, where a cache miss costs a third less.
//
//     arena (2 MiB)   | chunk | chunk | chunk | chunk | chunk | chunk | chunk | chunk |     asked from the system
//     chunk (256 KiB) | header | place | place | place |  ...          | rest |             all places of one class
//
// Classes are a 32nd apart, so a block wastes 1.5 % on average. A chunk whose places are all free may serve another
// class. Blocks of more than 64 KiB, and those of a cache without a budget to speak of, come from the system one by
// one.

/// <summary>Native memory for decoded blocks.</summary>
/// <remarks>
/// Thread-safe. Disposing it gives the memory back once the last block is freed, which may be later.
/// </remarks>
internal sealed unsafe class BlockAllocator : IDisposable
{
    private const int ChunkSize = 256 << 10;
    private const int ChunkHeaderSize = 64;
    private const int Alignment = 64;
    private const int ClassBits = 5; // 32 classes from one power of two to the next
    private const int SmallestShift = 10;
    private const int LargestShift = 16;
    private const int ClassCount = (LargestShift - SmallestShift) << ClassBits;
    private const byte NoClass = byte.MaxValue;

    private readonly int _arenaSize;
    private readonly Lock _lock = new();
    private readonly nint[] _chunksWithRoom = new nint[ClassCount]; // heads of lists; guarded by _lock, as is all below
    private readonly List<nint> _arenas = [];
    private nint _emptyChunks;
    private long _allocatedBytes;
    private long _reservedBytes;
    private int _blockCount;
    private bool _isDisposed;

    /// <param name="budgetBytes">
    /// What the blocks may occupy together, about; 0 if there will be only a few for a moment.
    /// </param>
    public BlockAllocator(long budgetBytes = 0)
    {
        const int hugePagesFrom = 16 * HugePages.SizeBytes;
        _arenaSize = budgetBytes >= hugePagesFrom ? HugePages.SizeBytes : budgetBytes > 0 ? ChunkSize : 0;
    }

    /// <summary>Bytes of all blocks that are not freed yet.</summary>
    public long AllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>Bytes taken from the system for them.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reservedBytes);

    /// <summary>A block of at least that many bytes: its header is zero but for the size, the rest undefined.</summary>
    public Block* Allocate(int sizeBytes)
    {
        var sizeClass = _arenaSize == 0 ? NoClass : ClassOf(sizeBytes);
        var size = sizeClass == NoClass ? sizeBytes : SizeOfClass(sizeClass);
        var fresh = sizeClass == NoClass ? TakeFromSystem(size, Alignment) : null;
        var block = (Block*)Take(sizeClass, size, fresh);
        if (block == null)
            block = (Block*)Take(sizeClass, size, NewArena());
        NativeMemory.Clear(block, Block.HeaderSize);
        block->SizeBytes = size;
        block->AllocatorClass = sizeClass;
        return block;
    }

    public void Free(Block* block)
    {
        var sizeBytes = block->SizeBytes;
        var sizeClass = block->AllocatorClass;
#if FERRIS_CHECKED
        // Whoever still reads it shall notice.
        NativeMemory.Fill(block, (nuint)sizeBytes, 0xdd);
#endif
        if (sizeClass == NoClass)
            PageMemory.Free(block, sizeBytes);
        lock (_lock)
        {
            if (sizeClass == NoClass)
                _reservedBytes -= sizeBytes;
            else
                GivePlaceBack((byte*)block, sizeClass);
            _allocatedBytes -= sizeBytes;
            _blockCount--;
            Invariant.That(_blockCount >= 0);
            if (_isDisposed && _blockCount == 0)
                FreeArenas();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            if (_blockCount == 0)
                FreeArenas();
        }
    }

    /// <summary>The class of the smallest places that hold that many bytes.</summary>
    internal static byte ClassOf(int sizeBytes)
    {
        var size = (uint)Math.Max(sizeBytes, (1 << SmallestShift) + 1);
        var shift = BitOperations.Log2(size - 1);
        if (shift >= LargestShift)
            return NoClass;
        var step = (size - 1 - (1u << shift)) >> (shift - ClassBits);
        return (byte)(((shift - SmallestShift) << ClassBits) + (int)step);
    }

    internal static int SizeOfClass(int sizeClass)
    {
        var shift = (sizeClass >> ClassBits) + SmallestShift;
        var step = (sizeClass & ((1 << ClassBits) - 1)) + 1;
        return ((1 << shift) + (step << (shift - ClassBits)) + Alignment - 1) & -Alignment;
    }

    /// <summary>Takes a place, and into possession what is fresh from the system; null if an arena is needed.</summary>
    private byte* Take(byte sizeClass, int sizeBytes, byte* fresh)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                PageMemory.Free(fresh, sizeClass == NoClass ? sizeBytes : _arenaSize);
                ObjectDisposedException.ThrowIf(_isDisposed, this);
            }
            if (fresh != null && sizeClass == NoClass)
                _reservedBytes += sizeBytes;
            else if (fresh != null)
                AddArena(fresh);
            else if (_chunksWithRoom[sizeClass] == 0 && _emptyChunks == 0)
                return null;
            _blockCount++;
            _allocatedBytes += sizeBytes;
            return sizeClass == NoClass ? fresh : TakePlace(sizeClass);
        }
    }

    private static byte* TakeFromSystem(int sizeBytes, int alignment) =>
        PageMemory.Allocate(sizeBytes, alignment);

    private byte* TakePlace(int sizeClass)
    {
        var chunk = (Chunk*)_chunksWithRoom[sizeClass];
        if (chunk == null)
            chunk = BeginChunk(sizeClass);
        byte* place;
        if (chunk->FirstFree != null)
        {
            place = chunk->FirstFree;
            chunk->FirstFree = *(byte**)place;
        }
        else
        {
            // Places that were never used are taken in order, so that memory is touched only when it is needed.
            place = (byte*)chunk + ChunkHeaderSize + ((long)chunk->TouchedCount * SizeOfClass(sizeClass));
            chunk->TouchedCount++;
        }
        chunk->UsedCount++;
        if (chunk->UsedCount == chunk->PlaceCount)
            Unlink(chunk, ref _chunksWithRoom[sizeClass]);
        return place;
    }

    private void GivePlaceBack(byte* place, int sizeClass)
    {
        var chunk = (Chunk*)((nint)place & ~(nint)(ChunkSize - 1));
        *(byte**)place = chunk->FirstFree;
        chunk->FirstFree = place;
        if (chunk->UsedCount == chunk->PlaceCount)
            Link(chunk, ref _chunksWithRoom[sizeClass]);
        chunk->UsedCount--;
        if (chunk->UsedCount > 0)
            return;
        Unlink(chunk, ref _chunksWithRoom[sizeClass]);
        Link(chunk, ref _emptyChunks);
    }

    private Chunk* BeginChunk(int sizeClass)
    {
        var chunk = (Chunk*)_emptyChunks;
        Unlink(chunk, ref _emptyChunks);
        chunk->FirstFree = null;
        chunk->UsedCount = 0;
        chunk->TouchedCount = 0;
        chunk->PlaceCount = (ChunkSize - ChunkHeaderSize) / SizeOfClass(sizeClass);
        Link(chunk, ref _chunksWithRoom[sizeClass]);
        return chunk;
    }

    // Not under the lock: the first touch of a huge page makes the system clear 2 MiB, and a thread that waits for the
    // lock so long gives its turn away, which on a busy machine costs it milliseconds. Threads that come together may
    // take an arena each; they will be wanted soon.
    private byte* NewArena()
    {
        var arena = TakeFromSystem(_arenaSize, _arenaSize);
        if (_arenaSize == HugePages.SizeBytes)
            HugePages.Advise(arena, _arenaSize);
        for (var offset = 0; offset < _arenaSize; offset += ChunkSize)
            *(Chunk*)(arena + offset) = default;
        return arena;
    }

    private void AddArena(byte* arena)
    {
        _arenas.Add((nint)arena);
        _reservedBytes += _arenaSize;
        for (var offset = _arenaSize - ChunkSize; offset >= 0; offset -= ChunkSize)
            Link((Chunk*)(arena + offset), ref _emptyChunks);
    }

    private void FreeArenas()
    {
        foreach (var arena in _arenas)
            PageMemory.Free((void*)arena, _arenaSize);
        _reservedBytes -= (long)_arenas.Count * _arenaSize;
        _arenas.Clear();
        _emptyChunks = 0;
        Array.Clear(_chunksWithRoom);
    }

    private static void Link(Chunk* chunk, ref nint head)
    {
        chunk->Previous = null;
        chunk->Next = (Chunk*)head;
        if (head != 0)
            chunk->Next->Previous = chunk;
        head = (nint)chunk;
    }

    private static void Unlink(Chunk* chunk, ref nint head)
    {
        if (chunk->Previous == null)
            head = (nint)chunk->Next;
        else
            chunk->Previous->Next = chunk->Next;
        if (chunk->Next != null)
            chunk->Next->Previous = chunk->Previous;
    }

    /// <summary>What stands in front of the places of a chunk.</summary>
    private struct Chunk
    {
        public Chunk* Next;
        public Chunk* Previous;
        public byte* FirstFree;
        public int UsedCount;
        public int TouchedCount;
        public int PlaceCount;
    }
}
