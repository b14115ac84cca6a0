using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Recovery;

/// <summary>
/// A database with tables on several levels and a log, small enough to be damaged byte by byte; and its model.
/// </summary>
internal sealed class SmallDatabase(IFileSystem disk, int seed)
{
    public const string Folder = "db";

    private readonly Random _random = new(seed);

    public IFileSystem Disk => disk;

    public ModelDatabase Model { get; } = new();

    public ManualScheduler Scheduler { get; } = new(seed);

    /// <summary>Some of the values lie apart from the tree, or none if this is 0.</summary>
    public int LargeValueBytesMin { get; init; } = 80;

    public StorageOptions Options =>
        OptionsOn(disk, Scheduler) with { LargeValueBytesMin = LargeValueBytesMin, BlobSizeBytes = 2048 };

    public static StorageOptions OptionsOn(IFileSystem disk, ManualScheduler? scheduler = null) => new()
    {
        FileSystem = disk,
        Scheduler = scheduler ?? new ManualScheduler(),
        MemoryBudgetBytes = 1 << 20,
        MemTableBytes = 2048,
        BlockSizeBytes = 1024,
        TableSizeBytes = 2048,
        L1SizeBytes = 4096,
        L0CompactionTrigger = 2,
        WalSegmentFirstBytes = 4096,
        WalSegmentLargestBytes = 8192,
    };

    /// <summary>Everything that a reader of the folder sees now.</summary>
    public static List<KeyValuePair<string, string>> ReadAll(StorageEngine engine)
    {
        var found = new List<KeyValuePair<string, string>>();
        using var cursor = engine.OpenCursor();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            found.Add(new(Text(cursor.Key), Text(cursor.Value)));
        return found;
    }

    /// <summary>Opens a copy and reads all of it.</summary>
    public static List<KeyValuePair<string, string>> ReadAll(IFileSystem disk, string folder, out long lastVersion)
    {
        using var engine = StorageEngine.Open(folder, OptionsOn(disk) with { CreateIfMissing = false });
        lastVersion = engine.LastVersion;
        return ReadAll(engine);
    }

    public static T Finish<T>(ValueTask<T> work, ManualScheduler scheduler)
    {
        while (!work.IsCompleted)
        {
            if (!scheduler.RunOneStep())
                Thread.Yield();
        }
        return work.GetAwaiter().GetResult();
    }

    public static void Finish(ValueTask work, ManualScheduler scheduler) => Finish(AsResult(work), scheduler);

    /// <summary>Writes so many random batches; every tenth clears a range.</summary>
    public void Write(StorageEngine engine, int batches, Durability durability = Durability.Process)
    {
        for (var index = 0; index < batches; index++)
        {
            var batch = new WriteBatch();
            var operations = new List<ModelOperation>();
            for (var count = _random.Next(1, 5); count > 0; count--)
            {
                var key = $"key{_random.Next(60):00}";
                var value = new string((char)('a' + _random.Next(26)), _random.Next(1, 120));
                if (_random.Next(5) == 0)
                {
                    batch.Delete(Bytes(key));
                    operations.Add(ModelOperation.Delete(key));
                }
                else
                {
                    batch.Put(Bytes(key), Bytes(value));
                    operations.Add(ModelOperation.Put(key, value));
                }
            }
            if (index % 10 == 9)
            {
                var begin = _random.Next(50);
                batch.DeleteRange(Bytes($"key{begin:00}"), Bytes($"key{begin + 5:00}"));
                operations.Add(ModelOperation.DeleteRange($"key{begin:00}", $"key{begin + 5:00}"));
            }
            var version = Finish(engine.WriteAsync(batch, durability), Scheduler);
            Model.Apply(version, operations);
        }
    }

    /// <summary>Makes a database with levels, an L0 table, range tombstones and a log, and closes it.</summary>
    public void Create(int batches = 40)
    {
        using (var engine = StorageEngine.Open(Folder, Options))
        {
            Write(engine, batches);
            Finish(engine.CompactAsync(), Scheduler);
            Write(engine, batches * 2 / 3);
            Finish(engine.FlushAsync(), Scheduler);
            Scheduler.RunUntilIdle();
            Write(engine, batches / 5);
        }
        Scheduler.DropAll();
    }

    private static async ValueTask<bool> AsResult(ValueTask work)
    {
        await work;
        return true;
    }
}
