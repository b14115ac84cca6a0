namespace FerrisDB.Storage;

/// <summary>
/// A place in a sorted run of internal keys that can move both ways: one MemTable, one table, one level, or a merge.
/// </summary>
/// <remarks>
/// Every entry is shown: all versions, tombstones too. For one thread at a time. <see cref="Key"/> and
/// <see cref="Value"/> point into native memory and are valid until the cursor is moved or disposed; they may be read
/// only while the last move returned true. Damage met on the way throws
/// <see cref="FerrisException"/> (<see cref="ErrorCode.FileCorrupt"/>). Disposing returns a cursor to its pool.
/// </remarks>
internal interface ICursor : IDisposable
{
    /// <summary>True if the cursor stands on an entry.</summary>
    bool IsValid { get; }

    /// <summary>The user key of the entry.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>Version and kind of the entry.</summary>
    EntryTag Tag { get; }

    /// <summary>The value of the entry; empty for a tombstone.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>
    /// The table that the cursor stands in, if it is one that shows a table as it is: then that may be moved within
    /// its block directly, and this cursor moves with it.
    /// </summary>
    SSTableCursor? Table => null;

    /// <summary>Moves to the first entry. Returns <see cref="IsValid"/>, as every move does.</summary>
    bool SeekToFirst();

    /// <summary>Moves to the last entry.</summary>
    bool SeekToLast();

    /// <summary>Moves to the first entry at or behind (key, tag) in the order of <see cref="InternalKey"/>.</summary>
    bool Seek(ReadOnlySpan<byte> key, EntryTag tag);

    /// <summary>Moves to the last entry before (key, tag).</summary>
    bool SeekBefore(ReadOnlySpan<byte> key, EntryTag tag);

    /// <summary>
    /// Begins a seek: finds out what it will look at first and asks for that memory, without waiting for it. A caller
    /// with several cursors begins all seeks, continues all and then does them, so that their cache misses overlap.
    /// </summary>
    /// <param name="key">The key of the seek that follows.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="isBefore">It is <see cref="SeekBefore"/>.</param>
    void BeginSeek(ReadOnlySpan<byte> key, EntryTag tag, bool isBefore)
    {
    }

    /// <summary>Looks at what <see cref="BeginSeek"/> has asked for, and asks for the rest.</summary>
    void ContinueSeek(ReadOnlySpan<byte> key, EntryTag tag)
    {
    }

    /// <summary>Moves to the next entry. The cursor must be valid.</summary>
    bool Next();

    /// <summary>Moves to the previous entry. The cursor must be valid.</summary>
    bool Previous();

    /// <summary>
    /// Moves to the first entry of the next key, if this run knows where that is; else to the next entry, which may be
    /// an older version of the key. The cursor must be valid.
    /// </summary>
    bool NextKey() => Next();

    /// <summary>
    /// Moves back to a newer entry of the same key at or below a version, as far as this run knows where one is: who
    /// looks for the newest one needs none of those between. Returns false if it has not moved.
    /// </summary>
    bool TryMoveToNewer(long version) => false;
}
