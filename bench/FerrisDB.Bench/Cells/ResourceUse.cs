using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>What a cell uses besides time, as the difference between its beginning and its end.</summary>
internal sealed class ResourceUse
{
    private readonly IReadOnlyDictionary<string, double> _counters;
    private readonly TimeSpan _cpu;
    private readonly TimeSpan _pauses;
    private readonly long _allocated;
    private readonly int[] _collections;

    private readonly IBenchedEngine _engine;
    private readonly string _folder;
    private readonly Disk? _disk;
    private readonly long _written;
    private readonly long _deviceWritten;

    private ResourceUse(IBenchedEngine engine, string folder, bool watchesDisk)
    {
        _engine = engine;
        _folder = folder;
        _disk = watchesDisk ? new Disk(folder) : null;
        _deviceWritten = DeviceBytes();

        // What the warm-up left must not be collected on the measured part's account.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        ProcessFacts.ForgetPeak();
        _counters = engine.ReadCounters();
        _collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        _written = ProcessFacts.BytesWritten() + engine.BytesWrittenCorrection();
        _pauses = GC.GetTotalPauseDuration();
        _cpu = Environment.CpuUsage.TotalTime;
        _allocated = GC.GetTotalAllocatedBytes(precise: true);
    }

    public static ResourceUse Begin(IBenchedEngine engine, string folder, bool watchesDisk) =>
        new(engine, folder, watchesDisk);

    /// <summary>Right after the timed part.</summary>
    public CellResult End(CellResult result, long operations)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocated;
        var counters = _engine.ReadCounters();
        return result with
        {
            AllocatedBytesPerOperation = (double)allocated / Math.Max(1, operations),
            CpuSeconds = (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds,
            GcPauseMs = (GC.GetTotalPauseDuration() - _pauses).TotalMilliseconds,
            Gen0Collections = GC.CollectionCount(0) - _collections[0],
            Gen1Collections = GC.CollectionCount(1) - _collections[1],
            Gen2Collections = GC.CollectionCount(2) - _collections[2],
            CountersPerOperation = counters.ToDictionary(
                counter => counter.Key,
                counter => (counter.Value - _counters.GetValueOrDefault(counter.Key)) / Math.Max(1, operations)),
        };
    }

    /// <summary>Lets the engine finish what it has begun, and measures what that leaves on the disk.</summary>
    public CellResult Settle(CellResult result)
    {
        var began = Stopwatch.GetTimestamp();
        _engine.Settle();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var written = ProcessFacts.BytesWritten() + _engine.BytesWrittenCorrection();
        var (data, log) = DatabaseFolder.Measure(_folder, _engine);
        return result with
        {
            SettleSeconds = seconds,
            BytesWritten = written - _written,
            DeviceBytes = DeviceBytes() - _deviceWritten,
            DiskBytes = data,
            LogBytes = log,
        };
    }

    private long DeviceBytes() => _disk?.SyncedBytes() ?? 0;
}
