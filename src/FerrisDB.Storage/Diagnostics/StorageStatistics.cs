namespace FerrisDB.Storage;

/// <summary>What an engine holds at one moment, and what it has done since it was opened. Sizes are bytes.</summary>
/// <remarks>
/// Immutable. The numbers are read one after the other while work goes on, so they need not agree to the byte.
/// </remarks>
public sealed record StorageStatistics
{
    /// <summary>L0 to L6, empty ones too.</summary>
    public required IReadOnlyList<LevelStatistics> Levels { get; init; }

    /// <summary>The files of large values, which live apart from the tables.</summary>
    public required BlobStatistics Blobs { get; init; }

    /// <summary>The MemTable that takes the writes.</summary>
    public required MemTableStatistics ActiveMemTable { get; init; }

    /// <summary>The MemTables that wait for their flush, together.</summary>
    public required MemTableStatistics SealedMemTables { get; init; }

    /// <summary>The cache of decoded blocks.</summary>
    public required BlockCacheStatistics BlockCache { get; init; }

    /// <summary>Tables that are open now.</summary>
    public required int OpenTables { get; init; }

    /// <summary>Memory of their filters, fences and slots; in addition to the block cache.</summary>
    public required long OpenTableBytes { get; init; }

    /// <summary>Distinct versions that snapshots keep readable.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Cursors that are open now.</summary>
    public required int OpenCursors { get; init; }

    /// <summary>The newest version that reads see.</summary>
    public required long LastVersion { get; init; }

    /// <summary>Everything at or below is in tables.</summary>
    public required long DurableVersion { get; init; }

    /// <summary>The oldest version that can be read without a snapshot taken earlier.</summary>
    public required long Floor { get; init; }

    /// <summary>Bytes of the log that are kept, because MemTables alone have what is in them; 0 if read-only.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Bytes that compactions must still read until no level is beyond its target; an estimate.</summary>
    public required long CompactionDebtBytes { get; init; }

    /// <summary>How writers are and were held up.</summary>
    public required WriteStallStatistics WriteStall { get; init; }

    /// <summary>What was written since the engine was opened.</summary>
    public required WriteStatistics Writes { get; init; }

    /// <summary>What gets cost since the engine was opened.</summary>
    public required ReadStatistics Reads { get; init; }

    /// <summary>The reading of all tables and blobs in the background, in search of damage.</summary>
    public required ScrubStatistics Scrub { get; init; }

    /// <summary>The compactions that run now.</summary>
    public required IReadOnlyList<RunningCompaction> RunningCompactions { get; init; }

    /// <summary>Tables of all levels.</summary>
    public int Tables => Levels.Sum(level => level.Tables);

    /// <summary>Bytes of the tables of all levels.</summary>
    public long TableBytes => Levels.Sum(level => level.SizeBytes);

    /// <summary>
    /// Bytes of all tables and blobs for each byte of the deepest level that has any, and of what that refers to in
    /// blobs: about how much larger the database is than it would be without superseded versions. 1 if there are no
    /// tables.
    /// </summary>
    public double SpaceAmplification
    {
        get
        {
            var deepest = Levels.LastOrDefault(level => level.SizeBytes > 0);
            var bytes = deepest.SizeBytes + deepest.BlobBytes;
            return bytes == 0 ? 1 : (double)(TableBytes + Blobs.SizeBytes) / bytes;
        }
    }
}

/// <summary>The tables of one level.</summary>
/// <param name="Level">0 to 6.</param>
/// <param name="Tables">How many there are.</param>
/// <param name="SizeBytes">Bytes of their files.</param>
/// <param name="Entries">Entries in them: values of every version, and tombstones.</param>
/// <param name="Tombstones">Entries that are tombstones.</param>
/// <param name="RangeTombstones">Pieces of range tombstones.</param>
/// <param name="ReadBytes">Bytes of the level that compactions have read since the engine was opened.</param>
/// <param name="WrittenBytes">
/// Bytes that flushes and compactions have written to the level since then, blobs included.
/// </param>
/// <param name="BlobBytes">Bytes in blobs that entries of the level refer to.</param>
public readonly record struct LevelStatistics(
    int Level,
    int Tables,
    long SizeBytes,
    long Entries,
    long Tombstones,
    long RangeTombstones,
    long ReadBytes,
    long WrittenBytes,
    long BlobBytes);

/// <summary>The files of large values.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="SizeBytes">Bytes of the files.</param>
/// <param name="LiveBytes">Bytes in them that tables refer to; the rest is garbage that compaction collects.</param>
/// <param name="MovedBytes">
/// Bytes that compactions have moved out of mostly dead blobs since the engine was opened.
/// </param>
/// <param name="OpenCount">Blobs that are open now.</param>
/// <param name="OpenBytes">Memory that they take, in addition to the block cache.</param>
public readonly record struct BlobStatistics(
    int Count, long SizeBytes, long LiveBytes, long MovedBytes, int OpenCount, long OpenBytes);

/// <summary>One or more MemTables.</summary>
/// <param name="Count">How many.</param>
/// <param name="SizeBytes">Bytes that are used.</param>
/// <param name="Entries">Point entries.</param>
public readonly record struct MemTableStatistics(int Count, long SizeBytes, long Entries);

/// <summary>The cache of decoded blocks.</summary>
/// <param name="SizeBytes">Bytes of blocks that reads find.</param>
/// <param name="BudgetBytes">What they may take at most.</param>
/// <param name="Fills">Blocks that were read from their file since the engine was opened.</param>
/// <param name="Evictions">Blocks that had to go since then.</param>
public readonly record struct BlockCacheStatistics(long SizeBytes, long BudgetBytes, long Fills, long Evictions);

/// <summary>How writers are and were held up by the engine.</summary>
/// <param name="Reason">Why they are slowed down or stopped now.</param>
/// <param name="Waits">Times that a writer had to wait since the engine was opened.</param>
/// <param name="Waited">How long writers have waited since then.</param>
/// <param name="LongestWait">
/// The longest that the engine held up one write since then, the log's change to its next segment included; not how
/// late the machine let it go on.
/// </param>
public readonly record struct WriteStallStatistics(
    WriteStallReason Reason, long Waits, TimeSpan Waited, TimeSpan LongestWait);

/// <summary>What was written since the engine was opened.</summary>
/// <param name="Entries">Entries of all batches.</param>
/// <param name="UserBytes">Bytes of all batches, as they are encoded.</param>
/// <param name="LogBytes">Bytes appended to the log.</param>
/// <param name="Flushes">MemTables that were written to L0.</param>
/// <param name="FlushBytes">Bytes of the tables and blobs that flushes wrote.</param>
/// <param name="FlushTime">Time that flushes took.</param>
/// <param name="Compactions">
/// Compactions that wrote tables; those that only moved or dropped some are not counted.
/// </param>
/// <param name="CompactionReadBytes">Bytes of the tables that compactions merged.</param>
/// <param name="CompactionWrittenBytes">Bytes of the tables and blobs that compactions wrote.</param>
/// <param name="CompactionTime">Time that compactions took.</param>
public readonly record struct WriteStatistics(
    long Entries,
    long UserBytes,
    long LogBytes,
    long Flushes,
    long FlushBytes,
    TimeSpan FlushTime,
    long Compactions,
    long CompactionReadBytes,
    long CompactionWrittenBytes,
    TimeSpan CompactionTime)
{
    /// <summary>
    /// Bytes written to the disk, log included, for each byte that the user wrote; 0 if nothing was written.
    /// </summary>
    public double Amplification =>
        UserBytes == 0 ? 0 : (double)(LogBytes + FlushBytes + CompactionWrittenBytes) / UserBytes;
}

/// <summary>What gets cost, measured on a sample of them.</summary>
/// <param name="SampledGets">Gets that were looked at.</param>
/// <param name="Tables">Tables whose filter they asked.</param>
/// <param name="Blocks">Data blocks that they searched.</param>
/// <param name="MissedBlocks">Data blocks among these that were not in the cache.</param>
public readonly record struct ReadStatistics(long SampledGets, long Tables, long Blocks, long MissedBlocks)
{
    /// <summary>MemTables that they searched, or found empty.</summary>
    public long MemTables { get; init; }

    /// <summary>Tables whose filter a get asks; 0 if no get was looked at.</summary>
    public double TablesPerGet => SampledGets == 0 ? 0 : (double)Tables / SampledGets;

    /// <summary>Data blocks that a get searches; 0 if no get was looked at.</summary>
    public double Amplification => SampledGets == 0 ? 0 : (double)Blocks / SampledGets;

    /// <summary>The share of data blocks that were in the cache, 0 to 1; 1 if no block was searched.</summary>
    public double HitRate => Blocks == 0 ? 1 : 1 - ((double)MissedBlocks / Blocks);
}

/// <summary>The reading of all tables and blobs in the background, since the engine was opened.</summary>
/// <param name="IsRunning">A round is under way; else there is a pause, or no scrub.</param>
/// <param name="FilesDone">Files of the round under way, or of the last one, that were read or are gone.</param>
/// <param name="FilesTotal">All tables and blobs of that round.</param>
/// <param name="BytesRead">Bytes read in all rounds.</param>
/// <param name="Damages">Damages found in all rounds; one that is found in each round counts each time.</param>
/// <param name="Rounds">Rounds that have ended.</param>
/// <param name="LastRoundEndedAt">When the last one ended; null before.</param>
/// <param name="LastRoundTook">How long it took.</param>
public readonly record struct ScrubStatistics(
    bool IsRunning,
    int FilesDone,
    int FilesTotal,
    long BytesRead,
    long Damages,
    long Rounds,
    DateTimeOffset? LastRoundEndedAt,
    TimeSpan LastRoundTook);

/// <summary>A compaction that runs now.</summary>
/// <param name="Level">The level whose tables sink.</param>
/// <param name="OutputLevel">Where to.</param>
/// <param name="InputBytes">Bytes of all tables that are merged.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record RunningCompaction(int Level, int OutputLevel, long InputBytes, string Reason);
