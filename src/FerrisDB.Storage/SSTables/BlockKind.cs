namespace FerrisDB.Storage;

/// <summary>What a block holds. It is stored with the block, so that one is never taken for the other.</summary>
internal enum BlockKind : byte
{
    /// <summary>Entries of the user.</summary>
    Data = 1,

    /// <summary>Fences of data blocks, or of such blocks.</summary>
    Index = 2,

    /// <summary>A bloom filter.</summary>
    Filter = 3,

    /// <summary>Range tombstones.</summary>
    RangeTombstones = 4,

    /// <summary>Facts about the table.</summary>
    Properties = 5,
}
