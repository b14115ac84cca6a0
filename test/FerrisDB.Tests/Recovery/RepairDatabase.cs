using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

/// <summary>
/// A database with all that can be damaged, and with what a repair must not mix up: tables on several levels that
/// overlap in keys and versions, range tombstones, ingested tables, a log that is still needed.
/// </summary>
internal sealed class RepairDatabase
{
    private const string Outside = "outside";

    private readonly MemoryFileSystem _disk = new();

    private RepairDatabase(int seed, bool isClosed, bool ingests)
    {
        _disk.CreateDirectory(Outside);
        var random = new Random(seed);
        var database = new SmallDatabase(_disk, seed) { LargeValueBytesMin = seed % 4 < 2 ? 60 : 0 };
        Model = database.Model;
        using (var engine = StorageEngine.Open(Folder, database.Options))
        {
            database.Write(engine, 20 + random.Next(30));
            Finish(engine.CompactAsync(), database.Scheduler);
            database.Write(engine, 10 + random.Next(20));
            if (ingests)
                Ingest(engine, database.Scheduler, random);
            database.Write(engine, 10 + random.Next(10));
            Finish(engine.FlushAsync(), database.Scheduler);
            if (random.Next(2) == 0)
                database.Scheduler.RunUntilIdle();
            database.Write(engine, 3 + random.Next(8), Durability.Sync);
            SyncedVersion = engine.LastVersion;
            if (!isClosed)
                Disk = DamagedFile.Copy(_disk, Folder);
        }
        database.Scheduler.DropAll();
        Disk ??= DamagedFile.Copy(_disk, Folder);
        DeleteLeftovers(Disk);
    }

    public ModelDatabase Model { get; }

    /// <summary>Everything up to here was acknowledged as durable.</summary>
    public long SyncedVersion { get; }

    /// <summary>The files, undamaged.</summary>
    public MemoryFileSystem Disk { get; }

    /// <summary>The names of all files but the lock.</summary>
    public IEnumerable<string> Files => Disk.List(Folder).Where(name => name != FileNames.Lock);

    public static RepairDatabase Create(int seed, bool isClosed = true, bool ingests = true) =>
        new(seed, isClosed, ingests);

    /// <summary>
    /// Deletes tables that were replaced: when their files go depends on readers anywhere in this process. Without a
    /// manifest nobody could tell them from others, and what was deleted since would come back.
    /// </summary>
    public static void DeleteLeftovers(MemoryFileSystem disk)
    {
        var state = ManifestLog.Recover(disk, Folder)!;
        foreach (var name in disk.List(Folder))
        {
            if (FileNames.TryParse(name, out var kind, out var number)
                && (kind == FileKind.Table ? !state.HasTable(number) : kind == FileKind.Blob && !state.HasBlob(number)))
                disk.Delete(Path.Combine(Folder, name));
        }
    }

    /// <summary>Another disk with the same files.</summary>
    public MemoryFileSystem CopyDisk() => DamagedFile.Copy(Disk, Folder);

    // A key or two in the middle of the others, so that they are newer than some tables and older than others.
    private void Ingest(StorageEngine engine, ManualScheduler scheduler, Random random)
    {
        var path = Path.Combine(Outside, "in.sst");
        var operations = new List<ModelOperation>();
        using (var writer = new SortedTableWriter(path, OptionsOn(_disk)))
        {
            for (var number = random.Next(10); number < 60; number += 1 + random.Next(12))
            {
                var key = $"key{number:00}";
                operations.Add(ModelOperation.Put(key, $"ingested {key}"));
                writer.Put(Bytes(key), Bytes($"ingested {key}"));
            }
            writer.Finish();
        }
        var version = Finish(engine.IngestAsync([path]), scheduler);
        Model.Apply(version, operations);
    }
}
