namespace FerrisDB.Storage;

/// <summary>Something that the engine did or met, for logs and dashboards. Sizes are bytes.</summary>
public abstract record StorageEvent;

/// <summary>The active MemTable was full and waits for its flush with <paramref name="WaitingCount"/> in all.</summary>
public sealed record MemTableSealed(int WaitingCount) : StorageEvent;

/// <summary>A MemTable is being written to L0.</summary>
public sealed record FlushStarted(long Entries, long MemTableBytes) : StorageEvent;

/// <summary>A MemTable is in L0.</summary>
public sealed record FlushEnded(long Entries, long TableBytes, TimeSpan Elapsed) : StorageEvent;

/// <summary>Tables of one level are being merged into the next.</summary>
public sealed record CompactionStarted(int Level, int OutputLevel, long InputBytes, string Reason) : StorageEvent;

/// <summary>A compaction's tables are in place.</summary>
public sealed record CompactionEnded(
    int Level, int OutputLevel, long InputBytes, long OutputBytes, long DroppedEntries,
    TimeSpan Elapsed) : StorageEvent;

/// <summary>Writers began to wait, or wait no longer (<see cref="WriteStallReason.None"/>).</summary>
public sealed record WriteStallChanged(WriteStallReason Reason) : StorageEvent;

/// <summary>An open has replayed the log.</summary>
public sealed record RecoveryEnded(long Records, long LogBytes, long LastVersion, string LogEnd, TimeSpan Elapsed)
    : StorageEvent;

/// <summary>A file that nothing needs could not be deleted; the next open tries again.</summary>
public sealed record FileNotDeleted(string File, string Error) : StorageEvent;

/// <summary>
/// All tables and blobs have been read again in the background, with so many damages found; the next round begins after
/// <see cref="StorageOptions.ScrubPause"/>.
/// </summary>
public sealed record ScrubRoundEnded(int Files, long ReadBytes, long Damages, TimeSpan Elapsed) : StorageEvent;

/// <summary>
/// A table or blob is damaged. Nothing has stopped: reads of that place will fail. Take what is readable to safety,
/// then see <see cref="StorageEngine.PlanRepair"/>.
/// </summary>
public sealed record ScrubFoundDamage(string File, long Offset, string Problem) : StorageEvent;

/// <summary>The engine has stopped writing; the first failure is the cause.</summary>
public sealed record StorageFailed(string Error) : StorageEvent;
