namespace FerrisDB.Storage;

/// <summary>What a cursor shows.</summary>
public readonly record struct CursorOptions
{
    /// <summary>
    /// The first key to show, or null for the first of all. Not to be changed while the cursor is open.
    /// </summary>
    public byte[]? LowerBound { get; init; }

    /// <summary>The first key not to show any more, or null for none.</summary>
    public byte[]? UpperBound { get; init; }

    /// <summary>Values are not wanted: <see cref="Cursor.Value"/> must not be read.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>The snapshot to read, or null for the newest version at the time of opening.</summary>
    public Snapshot? Snapshot { get; init; }
}
