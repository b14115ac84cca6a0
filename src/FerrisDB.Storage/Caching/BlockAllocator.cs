using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>Native memory for decoded blocks.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed unsafe class BlockAllocator
{
    private const int Alignment = 64;

    private long _allocatedBytes;

    /// <summary>Bytes of all blocks that are not freed yet.</summary>
    public long AllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>A block of that many bytes: its header is zero but for the size, the rest undefined.</summary>
    public Block* Allocate(int sizeBytes)
    {
        var block = (Block*)NativeMemory.AlignedAlloc((nuint)sizeBytes, Alignment);
        NativeMemory.Clear(block, Block.HeaderSize);
        block->SizeBytes = sizeBytes;
        Interlocked.Add(ref _allocatedBytes, sizeBytes);
        return block;
    }

    public void Free(Block* block)
    {
        Interlocked.Add(ref _allocatedBytes, -block->SizeBytes);
#if FERRIS_CHECKED
        // Whoever still reads it shall notice.
        NativeMemory.Fill(block, (nuint)block->SizeBytes, 0xdd);
#endif
        NativeMemory.AlignedFree(block);
    }
}
