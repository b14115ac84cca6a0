namespace FerrisDB.Storage;

/// <summary>A data block of a table that was scanned, or a stretch of the file where blocks are lost.</summary>
/// <param name="Handle">Its place.</param>
/// <param name="FenceKey">Where it begins according to the index; null if the index does not tell.</param>
/// <param name="FenceTag">The version of the fence.</param>
internal sealed record TableBlock(BlockHandle Handle, byte[]? FenceKey, EntryTag FenceTag)
{
    /// <summary>True if all of its entries can be read.</summary>
    public bool IsReadable { get; init; }

    public byte[]? FirstKey { get; init; }

    public byte[]? LastKey { get; init; }
}
