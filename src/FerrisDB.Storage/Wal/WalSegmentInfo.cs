namespace FerrisDB.Storage;

/// <summary>A segment of the log that holds records which may still be needed.</summary>
/// <param name="Number">Names the file: <c>N.wal</c>.</param>
/// <param name="Path">The file.</param>
/// <param name="Start">Position of its header in the log.</param>
/// <param name="End">Position behind its last record: its header and records are the first End - Start bytes.</param>
/// <param name="NewestVersion">Version of its last record, or of the one before if it has none.</param>
/// <param name="SizeBytes">Length of the file.</param>
/// <param name="SegmentBytes">Length of the file while it is written to, which its header has.</param>
internal sealed record WalSegmentInfo(
    long Number, string Path, long Start, long End, long NewestVersion, long SizeBytes, long SegmentBytes);

/// <summary>Where recovery found the end of the log: what a <see cref="WalWriter"/> needs to go on.</summary>
internal sealed record WalEnd
{
    /// <summary>The end of an empty log.</summary>
    public static WalEnd Empty(long lastVersion) => new() { LastVersion = lastVersion };

    /// <summary>Log position behind the last record.</summary>
    public long Position { get; init; }

    /// <summary>Version of the last record, or what tables already have if that is newer.</summary>
    public long LastVersion { get; init; }

    /// <summary>No file with a greater number was there; new segments are numbered from the next one on.</summary>
    public long HighestNumber { get; init; }

    /// <summary>The segments that hold records, oldest first.</summary>
    public IReadOnlyList<WalSegmentInfo> Segments { get; init; } = [];

    /// <summary>True if tables have what the log has not: what was ingested, or was never synced.</summary>
    public bool IsBehindTables { get; init; }

    /// <summary>True if the log was closed in good order and nothing has been appended since.</summary>
    public bool IsClean { get; init; } = true;

    /// <summary>Why the log ends there, for people.</summary>
    public string Reason { get; init; } = "there was no log";
}
