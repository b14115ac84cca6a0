namespace FerrisDB.Storage;

/// <summary>A first-in, first-out queue of blocks, linked through their headers. Not thread-safe.</summary>
internal unsafe struct BlockQueue(CacheQueue name)
{
    public Block* Newest { get; private set; }

    public Block* Oldest { get; private set; }

    public int Count { get; private set; }

    public long SizeBytes { get; private set; }

    public void Add(Block* block)
    {
        Invariant.That(block->Queue == CacheQueue.None);
        block->Queue = name;
        block->Newer = null;
        block->Older = Newest;
        if (Newest == null)
            Oldest = block;
        else
            Newest->Newer = block;
        Newest = block;
        Count++;
        SizeBytes += block->SizeBytes;
    }

    public void Remove(Block* block)
    {
        Invariant.That(block->Queue == name);
        if (block->Older == null)
            Oldest = block->Newer;
        else
            block->Older->Newer = block->Newer;
        if (block->Newer == null)
            Newest = block->Older;
        else
            block->Newer->Older = block->Older;
        block->Queue = CacheQueue.None;
        block->Newer = block->Older = null;
        Count--;
        SizeBytes -= block->SizeBytes;
    }
}
