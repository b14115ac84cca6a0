using System.Diagnostics.Metrics;

namespace FerrisDB.Storage;

/// <summary>
/// Publishes an engine's numbers as the meter "FerrisDB.Storage", for dotnet-counters and OpenTelemetry.
/// </summary>
/// <remarks>
/// Every measurement carries the tag <c>ferrisdb.folder</c>. Totals are read when somebody collects them; durations are
/// recorded as they happen, and not measured while nobody listens.
/// </remarks>
internal sealed class StorageMetrics : IDisposable
{
    public const string MeterName = "FerrisDB.Storage";

    private const string Prefix = "ferrisdb.storage.";
    private const string Bytes = "By";
    private const string Seconds = "s";

    private readonly Meter _meter = new(MeterName);
    private readonly KeyValuePair<string, object?> _folder;
    private readonly EngineStatistics _statistics;
    private readonly Histogram<double> _flushes;
    private readonly Histogram<double> _compactions;
    private readonly Histogram<double> _stalls;
    private readonly Histogram<double> _syncs;

    public StorageMetrics(EngineParts parts, EngineStatistics statistics)
    {
        _folder = new KeyValuePair<string, object?>("ferrisdb.folder", parts.Tree.Folder);
        _statistics = statistics;
        _flushes = Durations("flush.duration", "Time to write a MemTable to L0.");
        _compactions = Durations("compaction.duration", "Time of a compaction that wrote tables.");
        _stalls = Durations("stall.duration", "Time for which one write was held up by the engine.");
        _syncs = Durations("sync.duration", "Time until the disk has what was appended to the log.");
        parts.Tree.Events.Raised += Record;
        parts.Tree.Stall.HeldUp = Timer(_stalls, parts.Tree.Options.TimeProvider);
        if (parts.Wal is not null)
            parts.Wal.SyncTimer = Timer(_syncs, parts.Tree.Options.TimeProvider);
        AddGauges();
        AddCounters();
    }

    public void Dispose() => _meter.Dispose();

    private void AddGauges()
    {
        PerLevel("tables", null, "Tables of a level.", level => level.Tables);
        PerLevel("table.size", Bytes, "Bytes of the tables of a level.", level => level.SizeBytes);
        Gauge("blobs", null, "Files of large values.", now => now.Blobs.Count);
        Gauge("blob.size", Bytes, "Bytes of the files of large values.", now => now.Blobs.SizeBytes);
        Gauge("blob.live", Bytes, "Bytes in them that tables refer to.", now => now.Blobs.LiveBytes);
        Gauge("memtable.size", Bytes, "Bytes in all MemTables.", now =>
            now.ActiveMemTable.SizeBytes + now.SealedMemTables.SizeBytes);
        Gauge("memtable.sealed", null, "MemTables that wait for their flush.", now => now.SealedMemTables.Count);
        Gauge("cache.size", Bytes, "Bytes of cached blocks.", now => now.BlockCache.SizeBytes);
        Gauge("table.open", null, "Open tables.", now => now.OpenTables);
        Gauge("log.size", Bytes, "Bytes of the log that are kept.", now => now.LogBytes);
        Gauge("snapshots", null, "Versions that snapshots keep readable.", now => now.Snapshots);
        Gauge("cursors", null, "Open cursors.", now => now.OpenCursors);
        Gauge("compactions.running", null, "Compactions that run.", now => now.RunningCompactions.Count);
        Gauge("compaction.debt", Bytes, "Bytes that compactions must still read.", now => now.CompactionDebtBytes);
        Gauge("stall.reason", null, "Why writers are held up: 0 not, 1 MemTables, 2 L0, 3 debt.", now =>
            (long)now.WriteStall.Reason);
        Gauge("stall.longest", Seconds, "The longest that one write was held up.", now =>
            now.WriteStall.LongestWait.TotalSeconds);
        Gauge("write.amplification", null, "Bytes written for each byte of the user's.", now =>
            now.Writes.Amplification);
        Gauge("space.amplification", null, "Bytes of tables and blobs for each of the deepest level.", now =>
            now.SpaceAmplification);
        Gauge("read.amplification", null, "Data blocks that a get searches.", now => now.Reads.Amplification);
        Gauge("cache.hit_rate", null, "Share of searched blocks that were cached.", now => now.Reads.HitRate);
    }

    private void AddCounters()
    {
        Counter("written", Bytes, "Bytes of all batches.", now => now.Writes.UserBytes);
        Counter("log.written", Bytes, "Bytes appended to the log.", now => now.Writes.LogBytes);
        Counter("flush.written", Bytes, "Bytes of tables and blobs that flushes wrote.", now => now.Writes.FlushBytes);
        Counter("compaction.read", Bytes, "Bytes that compactions read.", now => now.Writes.CompactionReadBytes);
        Counter("compaction.written", Bytes, "Bytes that compactions wrote.", now => now.Writes.CompactionWrittenBytes);
        Counter("blob.moved", Bytes, "Bytes moved out of mostly dead blobs.", now => now.Blobs.MovedBytes);
        Counter("cache.fills", null, "Blocks read from their file.", now => now.BlockCache.Fills);
        Counter("cache.evictions", null, "Blocks that left the cache.", now => now.BlockCache.Evictions);
        Counter("scrub.read", Bytes, "Bytes read again in search of damage.", now => now.Scrub.BytesRead);
        Counter("scrub.damages", null, "Damages found so.", now => now.Scrub.Damages);
        Counter("stall.waits", null, "Times that a writer had to wait.", now => now.WriteStall.Waits);
    }

    private void Record(StorageEvent raised)
    {
        if (raised is FlushEnded flush)
            _flushes.Record(flush.Elapsed.TotalSeconds, _folder);
        else if (raised is CompactionEnded { OutputBytes: > 0 } compaction)
            _compactions.Record(compaction.Elapsed.TotalSeconds, _folder);
    }

    private DurationRecorder Timer(Histogram<double> histogram, TimeProvider timeProvider) =>
        new(histogram, _folder, timeProvider);

    private Histogram<double> Durations(string name, string description) =>
        _meter.CreateHistogram<double>(Prefix + name, Seconds, description);

    private void Gauge<T>(string name, string? unit, string description, Func<StorageStatistics, T> value)
        where T : struct =>
        _meter.CreateObservableGauge(Prefix + name, () => Measure(value), unit, description);

    private void Counter(string name, string? unit, string description, Func<StorageStatistics, long> value) =>
        _meter.CreateObservableCounter(Prefix + name, () => Measure(value), unit, description);

    private void PerLevel(string name, string? unit, string description, Func<LevelStatistics, long> value) =>
        _meter.CreateObservableGauge(
            Prefix + name,
            () => _statistics.Take().Levels.Select(level => new Measurement<long>(
                value(level), _folder, new KeyValuePair<string, object?>("ferrisdb.level", level.Level))),
            unit,
            description);

    private Measurement<T> Measure<T>(Func<StorageStatistics, T> value)
        where T : struct =>
        new(value(_statistics.Take()), _folder);
}
