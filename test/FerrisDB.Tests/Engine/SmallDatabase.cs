using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Engine;

/// <summary>
/// A database of a few kilobytes with files of every kind, as bytes: tables on two levels, with each compression and
/// none, with range tombstones, blobs, a manifest, and a log that went on behind an end mark and whose last commits
/// were never synced.
/// </summary>
internal sealed class SmallDatabase
{
    public const string Folder = "db";
    public const int KeyCount = 24;

    // Much for the log, so that it needs a second segment, and little for tables, which are compressed.
    private static readonly string Old = string.Concat(Enumerable.Repeat("old ", 22));

    private readonly ModelDatabase _model = new();

    private SmallDatabase()
    {
    }

    /// <summary>The content of each file, by its name.</summary>
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything up to this version was synced.</summary>
    public long SyncedVersion { get; private set; }

    public long LastVersion => _model.LastVersion;

    /// <summary>As a process leaves it that closes it, or one that is killed.</summary>
    public static SmallDatabase Create(bool isClosed)
    {
        var database = new SmallDatabase();
        var disk = new MemoryFileSystem();
        var scheduler = new ManualScheduler();
        var options = Options(disk, scheduler);
        using (var engine = StorageEngine.Open(Folder, options))
            database.FillBottom(engine, scheduler, firstKey: 0);
        options = options with { CompressionPerLevel = [Compression.None, Compression.Zstd] };
        using (var engine = StorageEngine.Open(Folder, options))
        {
            database.FillBottom(engine, scheduler, KeyCount / 2);
            database.FillTop(engine, scheduler);
            while (scheduler.RunOneStep(JobLane.Log))
            {
                // The manifest learns of the segments.
            }
            if (!isClosed)
                database.ReadFiles(disk);
        }
        if (isClosed)
        {
            database.ReadFiles(disk);
            database.SyncedVersion = database.LastVersion;
        }
        return database;
    }

    public static StorageOptions Options(IFileSystem disk, IScheduler scheduler) => new()
    {
        FileSystem = disk,
        Scheduler = scheduler,
        CreateIfMissing = true,
        MemoryBudgetBytes = 1 << 20,
        MemTableBytes = 16 << 10,
        BlockSizeBytes = 128,
        TableSizeBytes = 1024,
        L1SizeBytes = 1024,
        LevelSizeMultiplier = 2,
        L0CompactionTrigger = 4,
        LargeValueBytesMin = 110,
        WalSegmentFirstBytes = 4096,
        WalSegmentLargestBytes = 4096,
        CompressionPerLevel = [Compression.None, Compression.Lz4],
    };

    /// <summary>A disk with the database on it, one file of it replaced.</summary>
    public MemoryFileSystem DiskWith(string name, ReadOnlySpan<byte> content)
    {
        var disk = new MemoryFileSystem();
        disk.CreateDirectory(Folder);
        foreach (var (file, original) in Files)
        {
            using var copy = disk.Create(Path.Combine(Folder, file));
            copy.Write(0, file == name ? content : original);
        }
        return disk;
    }

    public static MemoryFileSystem CopyOf(MemoryFileSystem disk)
    {
        var copy = new MemoryFileSystem();
        copy.CreateDirectory(Folder);
        foreach (var name in disk.List(Folder).Where(name => name != FileNames.Lock))
        {
            using var file = copy.Create(Path.Combine(Folder, name));
            file.Write(0, ReadFile(disk, name));
        }
        return copy;
    }

    public static byte[] ReadFile(MemoryFileSystem disk, string name)
    {
        using var file = disk.Open(Path.Combine(Folder, name), FileAccess.Read);
        var content = new byte[file.Length];
        Assert.Equal(content.Length, file.Read(0, content));
        return content;
    }

    public List<KeyValuePair<string, string>> Content(long version) => _model.Range(version);

    private void FillBottom(StorageEngine engine, ManualScheduler scheduler, int firstKey)
    {
        for (var key = firstKey; key < firstKey + (KeyCount / 2); key++)
            Put(engine, key, key % 6 == 1 ? $"large large {Old}" : Old);
        var range = new KeyRange(Bytes($"key{firstKey:00}"), Bytes($"key{firstKey + (KeyCount / 2):00}"));
        HandDriven.Finish(engine.CompactAsync(range), scheduler);
    }

    // One table in L0 with a range tombstone, and what is in the log alone.
    private void FillTop(StorageEngine engine, ManualScheduler scheduler)
    {
        for (var key = 3; key < KeyCount; key += 5)
            Put(engine, key, "newer");
        Apply(engine.DeleteRange("key05"u8, "key08"u8), ModelOperation.DeleteRange("key05", "key08"));
        HandDriven.Finish(engine.FlushAsync(), scheduler);
        Put(engine, 6, "again");
        Apply(engine.Delete("key10"u8), ModelOperation.Delete("key10"));
        SyncedVersion = LastVersion;
        for (var key = 20; key < 23; key++)
            Put(engine, key, "unsynced", Durability.Process);
    }

    private void Put(StorageEngine engine, int number, string text, Durability durability = Durability.Sync)
    {
        var key = $"key{number:00}";
        var value = $"{text} value of {key}";
        Apply(engine.Put(Bytes(key), Bytes(value), durability), ModelOperation.Put(key, value));
    }

    private void Apply(long version, ModelOperation operation) => _model.Apply(version, [operation]);

    private void ReadFiles(MemoryFileSystem disk)
    {
        foreach (var name in disk.List(Folder).Where(name => name != FileNames.Lock))
            Files.Add(name, ReadFile(disk, name));
    }
}
