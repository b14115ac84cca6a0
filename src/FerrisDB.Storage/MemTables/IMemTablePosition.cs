namespace FerrisDB.Storage;

/// <summary>A place among the entries of an index, and how to move from it: what a cursor is made of.</summary>
/// <remarks>For one thread at a time. Every move sees what was there when it began.</remarks>
internal interface IMemTablePosition
{
    /// <summary>The entry that it is at, if the last move returned true.</summary>
    MemTableEntry Entry { get; }

    bool MoveToFirst();

    bool MoveToLast();

    /// <summary>Moves to the first entry at or behind a key.</summary>
    bool MoveTo(scoped in SearchKey target);

    /// <summary>Moves to the last entry before a key.</summary>
    bool MoveBefore(scoped in SearchKey target);

    bool MoveNext();

    bool MovePrevious();

    /// <summary>Moves to the first entry of the next key, or less far: to the next entry.</summary>
    bool MoveToNextKey();

    /// <summary>
    /// Moves left to a newer entry of the same key at or below a version, if it is known where one is. Returns false if
    /// it is not; then nothing has moved.
    /// </summary>
    bool TryMoveToNewer(long version);
}
