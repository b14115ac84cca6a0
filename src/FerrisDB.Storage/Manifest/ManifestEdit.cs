namespace FerrisDB.Storage;

/// <summary>A table together with the level that it goes to.</summary>
internal readonly record struct PlacedTable(int Level, TableMetadata Metadata);

/// <summary>A table by the number of its file, and the level that it lies in.</summary>
internal readonly record struct TablePlace(int Level, long FileNumber);

/// <summary>
/// One atomic change of what the database consists of: tables that come and go, versions that become durable or
/// unreadable. After a crash an edit has happened whole or not at all.
/// </summary>
/// <remarks>
/// Immutable. What is null or empty stays as it was. A snapshot of everything is an edit too: the one that leads from
/// nothing to the present. A table that an edit removes from one level and adds to another keeps its file.
/// </remarks>
internal sealed class ManifestEdit
{
    public IReadOnlyList<PlacedTable> AddedTables { get; init; } = [];

    public IReadOnlyList<TablePlace> RemovedTables { get; init; } = [];

    /// <summary>Blobs that tables refer to from now on.</summary>
    public IReadOnlyList<BlobMetadata> AddedBlobs { get; init; } = [];

    /// <summary>Numbers of blobs that no table refers to any more.</summary>
    public IReadOnlyList<long> RemovedBlobs { get; init; } = [];

    /// <summary>Files are numbered from here on; every number below may be in use.</summary>
    public long? NextFileNumber { get; init; }

    /// <summary>Everything at or below this version is in tables: recovery replays the log above it.</summary>
    public long? DurableVersion { get; init; }

    /// <summary>
    /// The newest version that was committed when this was written: a lower bound, the log may know more.
    /// </summary>
    public long? LastVersion { get; init; }

    /// <summary>The oldest version that can still be read; what only older readers could see may be gone.</summary>
    public long? Floor { get; init; }

    /// <summary>The newest segment of the log that is confirmed: its file must be there, with its header.</summary>
    public BegunSegment? NewestSegment { get; init; }

    /// <summary>
    /// What whoever looks at this database must learn, such as "repaired with loss …". Kept for good.
    /// </summary>
    public IReadOnlyList<string> Marks { get; init; } = [];

    /// <summary>The program that created the database; in the first snapshot, and kept.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>The limits that keys and values were held to. A reader needs buffers of that size.</summary>
    public SizeLimits? Limits { get; init; }
}

/// <summary>Bytes that a key and a value may have at most.</summary>
internal readonly record struct SizeLimits(int KeyBytes, int ValueBytes);

/// <summary>A segment of the log whose header is durable; number 0 if there is none.</summary>
/// <param name="Number">Names the file: <c>N.wal</c>.</param>
/// <param name="SizeBytes">Bytes that the file has at least.</param>
internal readonly record struct BegunSegment(long Number, long SizeBytes);
