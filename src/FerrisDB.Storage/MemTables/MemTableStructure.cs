namespace FerrisDB.Storage;

/// <summary>How a MemTable keeps its entries in order. It decides speed and memory; nothing of it is stored.</summary>
public enum MemTableStructure
{
    /// <summary>A B+tree: several times fewer cache misses. Batches are applied one at a time.</summary>
    BTree = 0,

    /// <summary>A lock-free skip list: smaller, and open to any number of inserting threads.</summary>
    SkipList = 1,
}
