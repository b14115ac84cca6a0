namespace FerrisDB.Storage;

/// <summary>A first-in, first-out queue of blocks, linked through their headers. Not thread-safe.</summary>
internal unsafe struct BlockQueue(CacheQueue name)
{
    private Block* _newest;

    public Block* Oldest { get; private set; }

    public int Count { get; private set; }

    public long SizeBytes { get; private set; }

    public void Add(Block* block)
    {
        Invariant.That(block->Queue == CacheQueue.None);
        block->Queue = name;
        block->Newer = null;
        block->Older = _newest;
        if (_newest == null)
            Oldest = block;
        else
            _newest->Newer = block;
        _newest = block;
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
            _newest = block->Older;
        else
            block->Newer->Older = block->Older;
        block->Queue = CacheQueue.None;
        block->Newer = block->Older = null;
        Count--;
        SizeBytes -= block->SizeBytes;
    }
}
