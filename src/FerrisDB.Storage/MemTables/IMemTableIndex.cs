namespace FerrisDB.Storage;

/// <summary>The sorted structure in a MemTable: where its entries are, in order.</summary>
/// <remarks>
/// Any number of threads read at once and never wait. How many may insert at once is up to the structure. Nothing is
/// ever removed; memory comes from the MemTable's arena.
/// </remarks>
internal interface IMemTableIndex
{
    /// <summary>Inserts an entry whose key and tag are not in it.</summary>
    void Insert(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value);

    /// <summary>Inserts the point entries of a canonical batch at one version; returns their number.</summary>
    /// <param name="version">The version of them all.</param>
    /// <param name="canonicalPayload">The encoded batch.</param>
    /// <param name="hasRanges">True if the batch has range tombstones too, which are left to the caller.</param>
    int Insert(long version, ReadOnlySpan<byte> canonicalPayload, out bool hasRanges);

    /// <summary>
    /// As <see cref="Insert(long, ReadOnlySpan{byte}, out bool)"/>, before anybody reads: the entries may wait in the
    /// run until <see cref="Link"/>.
    /// </summary>
    int Load(long version, ReadOnlySpan<byte> canonicalPayload, EntryRun run, out bool hasRanges);

    /// <summary>Puts what waits in a run in its place.</summary>
    void Link(EntryRun run);

    /// <summary>Finds the first entry at or behind a key, if it is an entry of the same user key.</summary>
    bool TryFind(scoped in SearchKey target, out MemTableEntry entry);

    /// <summary>Opens a cursor that stands nowhere yet. It takes over one reference to the MemTable.</summary>
    ICursor OpenCursor(MemTable memTable);

    /// <summary>Keys spread evenly over all entries: every one, or about <paramref name="keysMax"/> at most.</summary>
    List<byte[]> SampleKeys(long entryCount, int keysMax);

    /// <summary>Checks the whole structure. No thread may insert meanwhile.</summary>
    void AssertInvariants(long entryCount);

    /// <summary>How many nodes each level has, from the lowest one on.</summary>
    IReadOnlyList<int> Levels();

    /// <summary>Writes a line for each entry, in order: its place in the structure, and its text.</summary>
    void Draw(TextWriter writer, Func<MemTableEntry, string> text);
}
