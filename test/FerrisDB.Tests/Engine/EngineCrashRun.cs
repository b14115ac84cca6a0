using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

/// <summary>A workload that ends with a crash at a chosen disk operation, and what must be there afterwards.</summary>
internal sealed class EngineCrashRun(int seed, Durability durability)
{
    private readonly Random _random = new(seed);
    private readonly ModelDatabase _model = new();

    // What is there after the last crash at least: what was acknowledged, as far as that kind of crash leaves it. What
    // was under way when the power failed may be there or not, but whole.
    private long _acknowledged;

    // What must survive every crash: it was read after one, committed with Sync, or closed in good order.
    private long _durable;

    public CrashableFileSystem Disk { get; private set; } = new(seed) { FoldersNeedSync = true };

    /// <summary>Returns false if the workload ended before the power failed.</summary>
    public bool PlayUntilPowerFails(long operation)
    {
        Disk.PowerFailsAt = operation;
        for (var round = 0; round < 3 && !Disk.PowerFailed; round++)
            LiveUntilPowerFails(new ManualScheduler(seed + round));
        return Disk.PowerFailed;
    }

    /// <summary>
    /// Restarts, and plays until the power fails once more, perhaps during recovery. Returns false if it did not.
    /// </summary>
    public bool CrashAgain(CrashKind kind, long operation)
    {
        Restart(kind);
        Disk.PowerFailsAt = operation;
        LiveUntilPowerFails(new ManualScheduler(seed));
        return Disk.PowerFailed;
    }

    /// <summary>Restarts, checks, writes on, and restarts once more without a word of warning.</summary>
    public void CheckAfter(CrashKind kind)
    {
        Restart(kind);
        using (var engine = StorageEngine.Open("db", Options(new ManualScheduler(seed))))
            Recover(engine);
        var scheduler = new ManualScheduler(seed);
        using (var engine = StorageEngine.Open("db", Options(scheduler)))
        {
            // Recovery may have filled all MemTables: then the write waits for a flush, which the test must run.
            var batch = new WriteBatch();
            batch.Put("after"u8, "crash"u8);
            HandDriven.Finish(engine.WriteAsync(batch, Durability.Sync), scheduler);
            _model.Apply(engine.LastVersion, [ModelOperation.Put("after", "crash")]);
            _acknowledged = _durable = engine.LastVersion;
        }
        // What was read after the first crash must still be there after a second one that loses all that can be lost.
        Restart(CrashKind.PowerFailureLosesUnsynced);
        using (var engine = StorageEngine.Open("db", Options(new ManualScheduler(seed))))
            Recover(engine);
    }

    private void LiveUntilPowerFails(ManualScheduler scheduler)
    {
        try
        {
            using (var engine = StorageEngine.Open("db", Options(scheduler)))
            {
                Recover(engine);
                Play(engine, scheduler);
            }
            _durable = _acknowledged;
        }
        catch (Exception) when (Disk.PowerFailed)
        {
        }
    }

    private void Restart(CrashKind kind)
    {
        Disk = Disk.AfterRestart(kind);
        var mayLose = durability switch
        {
            Durability.Sync => false,
            Durability.Process => kind != CrashKind.ProcessKilled,
            _ => true,
        };
        if (mayLose)
            _acknowledged = _durable;
    }

    // From here on, what was found is the truth.
    private void Recover(StorageEngine engine)
    {
        Assert.InRange(engine.LastVersion, _acknowledged, _model.LastVersion);
        var expected = _model.Range(engine.LastVersion);
        var found = new List<KeyValuePair<string, string>>();
        using var cursor = engine.OpenCursor();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            found.Add(new(Text(cursor.Key), Text(cursor.Value)));
        Assert.Equal(expected, found);
        _model.RollBackTo(engine.LastVersion);
        _acknowledged = _durable = engine.LastVersion;
    }

    private void Play(StorageEngine engine, ManualScheduler scheduler)
    {
        for (var step = 0; step < 14; step++)
        {
            Commit(engine, scheduler);
            if (step == 6)
                HandDriven.Finish(engine.FlushAsync(), scheduler);
            if (step == 10)
                HandDriven.Finish(engine.CompactAsync(), scheduler);
            for (var repeat = _random.Next(4); repeat > 0; repeat--)
                scheduler.RunOneStep();
        }
    }

    private void Commit(StorageEngine engine, ManualScheduler scheduler)
    {
        var batch = new WriteBatch();
        var operations = new List<ModelOperation>();
        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            var key = $"key{_random.Next(30):00}";
            var value = new string((char)('a' + _random.Next(26)), _random.Next(1, 300));
            batch.Put(Bytes(key), Bytes(value));
            operations.Add(ModelOperation.Put(key, value));
        }
        if (_random.Next(5) == 0)
        {
            batch.DeleteRange("key10"u8, "key15"u8);
            operations.Add(ModelOperation.DeleteRange("key10", "key15"));
        }
        var version = engine.LastVersion + 1;
        _model.Apply(version, operations);
        Assert.Equal(version, HandDriven.Finish(engine.WriteAsync(batch), scheduler));
        _acknowledged = version;
        if (durability == Durability.Sync)
            _durable = version;
    }

    private StorageOptions Options(ManualScheduler scheduler) => new()
    {
        FileSystem = Disk,
        Scheduler = scheduler,
        Durability = durability,
        MemoryBudgetBytes = 1 << 20,
        MemTableBytes = 2048,
        BlockSizeBytes = 512,
        TableSizeBytes = 2048,
        L1SizeBytes = 4096,
        L0CompactionTrigger = 2,
        LargeValueBytesMin = seed % 2 == 0 ? 0 : 150,
        BlobSizeBytes = 2048,
        BlobLiveRatioMin = 0.8,
        WalSegmentFirstBytes = 4096,
        WalSegmentLargestBytes = 8192,
    };
}
