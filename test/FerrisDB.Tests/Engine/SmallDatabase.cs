using FerrisDB.Storage;
using FerrisDB.Testing;
using static FerrisDB.Testing.ModelDatabase;

namespace FerrisDB.Tests.Engine;

/// <summary>
/// A database of a few kilobytes with files of every kind, as bytes: tables on several levels, compressed and not, with
/// range tombstones, a manifest, and a log whose last commits were never synced.
/// </summary>
internal sealed class SmallDatabase
{
    public const string Folder = "db";

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
        using (var engine = StorageEngine.Open(Folder, Options(disk, scheduler)))
        {
            database.Fill(engine, scheduler);
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
        LargeValueBytesMin = 41,
        WalSegmentFirstBytes = 4096,
        WalSegmentLargestBytes = 4096,
        CompressionPerLevel = [Compression.None, Compression.Zstd, Compression.Lz4],
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

    private void Fill(StorageEngine engine, ManualScheduler scheduler)
    {
        // Sunk to the bottom, then one table in L1 or L2, one in L0 with a range tombstone, and the log.
        for (var key = 0; key < 48; key++)
            Put(engine, key, $"old and {key * 7919L * 104729L:x}{key * 15485863L * 7L:x}");
        HandDriven.Finish(engine.CompactAsync(), scheduler);
        for (var key = 3; key < 20; key += 4)
            Put(engine, key, "newer");
        Apply(engine.DeleteRange("key05"u8, "key08"u8), ModelOperation.DeleteRange("key05", "key08"));
        HandDriven.Finish(engine.FlushAsync(), scheduler);
        Put(engine, 6, "again");
        Apply(engine.Delete("key10"u8), ModelOperation.Delete("key10"));
        SyncedVersion = LastVersion;
        for (var key = 20; key < 24; key++)
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
