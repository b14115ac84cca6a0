using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

/// <summary>A workload on a disk that fails at one operation; it goes on, and must never be told a lie.</summary>
internal sealed class FaultRun
{
    private readonly int _seed;
    private readonly Random _random;
    private readonly ModelDatabase _model = new();
    private readonly CrashableFileSystem _healthy;

    // The commit that failed with an outcome that is unknown: it may be there, but whole.
    private List<ModelOperation>? _uncertain;
    private long _acknowledged;
    private ErrorCode _code;

    public FaultRun(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _healthy = new CrashableFileSystem(seed);
        Disk = new FaultyFileSystem(_healthy);
    }

    public FaultyFileSystem Disk { get; }

    public static StorageOptions Options(IFileSystem disk, ManualScheduler scheduler) => new()
    {
        FileSystem = disk,
        Scheduler = scheduler,
        MemoryBudgetBytes = 1 << 20,
        MemTableBytes = 2048,
        BlockSizeBytes = 512,
        TableSizeBytes = 2048,
        L1SizeBytes = 4096,
        L0CompactionTrigger = 2,
        LargeValueBytesMin = 150,
        BlobLiveRatioMin = 0.8,
        WalSegmentFirstBytes = 4096,
        WalSegmentLargestBytes = 8192,
    };

    public void Play(long failingOperation, ErrorCode code, bool forever)
    {
        _code = code;
        Disk.FailAt(failingOperation, code, forever);
        for (var round = 0; round < 2 && _uncertain is null; round++)
        {
            var scheduler = new ManualScheduler(_seed + round);
            Try(() =>
            {
                using var engine = StorageEngine.Open("db", Options(Disk, scheduler));
                Use(engine, scheduler);
            });
        }
    }

    /// <summary>The power fails, the disk is repaired: all acknowledged is there, and writes are taken again.</summary>
    public void CheckAfterReopening()
    {
        var disk = _healthy.AfterRestart(CrashKind.PowerFailureLosesUnsynced);
        var scheduler = new ManualScheduler(_seed);
        using var engine = StorageEngine.Open("db", Options(disk, scheduler));
        var newest = _acknowledged + (_uncertain is null ? 0 : 1);
        Assert.InRange(engine.LastVersion, _acknowledged, newest);
        if (engine.LastVersion > _acknowledged)
            _model.Apply(engine.LastVersion, _uncertain!);
        CheckReads(engine);
        var batch = new WriteBatch();
        batch.Put("after"u8, "repair"u8);
        Assert.Equal(engine.LastVersion + 1, HandDriven.Finish(engine.WriteAsync(batch), scheduler));
    }

    private void Use(StorageEngine engine, ManualScheduler scheduler)
    {
        for (var step = 0; step < 14; step++)
        {
            Commit(engine, scheduler);
            if (step == 6)
                Try(() => HandDriven.Finish(engine.FlushAsync(), scheduler));
            if (step == 10)
                Try(() => HandDriven.Finish(engine.CompactAsync(), scheduler));
            for (var repeat = _random.Next(4); repeat > 0; repeat--)
                scheduler.RunOneStep();
            if (engine.Tree.Failure is null)
                continue;
            CheckReads(engine);
            var refused = Assert.Throws<FerrisException>(() => engine.Put("refused"u8, "refused"u8));
            Assert.Equal(ErrorCode.WritesStopped, refused.Code);
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
        var hadFailed = engine.Tree.Failure is not null;
        var isDone = Try(() =>
        {
            var version = HandDriven.Finish(engine.WriteAsync(batch), scheduler);
            Assert.False(hadFailed, "A write was acknowledged after writes had stopped.");
            _model.Apply(version, operations);
            _acknowledged = version;
        });
        if (!isDone && !hadFailed)
            _uncertain = operations;
    }

    private void CheckReads(StorageEngine engine)
    {
        var expected = _model.Range(_model.LastVersion);
        var found = new List<KeyValuePair<string, string>>();
        using var cursor = engine.OpenCursor();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            found.Add(new(Text(cursor.Key), Text(cursor.Value)));
        Assert.Equal(expected, found);
        foreach (var (key, value) in expected)
            Assert.Equal(value, Text(engine.Get(Bytes(key))));
    }

    private bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (FerrisException failure)
        {
            Assert.True(failure.Code == _code || failure.Code == ErrorCode.WritesStopped, failure.ToString());
            return false;
        }
    }
}
