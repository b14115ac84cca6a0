using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

// The same database for every case, small enough to be known by heart:
//
//     the log    version 46: key45   47: key46   48: key47
//     L0         version 41: key03 again   42: delete range key10..key14   43: delete key20   44: key41   45: key42
//     L6         versions 1 to 40: key01 to key40, in several data blocks
internal sealed class RepairScene
{
    public RepairScene(bool ingests = false)
    {
        var scheduler = new ManualScheduler();
        using (var engine = StorageEngine.Open(Folder, Options(scheduler)))
        {
            for (var number = 1; number <= 40; number++)
                Put(engine, scheduler, number, $"old {new string((char)('a' + (number % 26)), 90)}");
            Finish(engine.CompactAsync(), scheduler);
            if (ingests)
                Ingest(engine, scheduler);
            Put(engine, scheduler, 3, "again");
            Apply(engine, scheduler, batch => batch.DeleteRange("key10"u8, "key14"u8),
                ModelOperation.DeleteRange("key10", "key14"));
            Apply(engine, scheduler, batch => batch.Delete("key20"u8), ModelOperation.Delete("key20"));
            Put(engine, scheduler, 41, "new");
            Put(engine, scheduler, 42, "new");
            FinishUncompacted(AsResult(engine.FlushAsync()), scheduler);
            for (var number = 45; number <= 47; number++)
                Put(engine, scheduler, number, "logged");
        }
        scheduler.DropAll();
        RepairDatabase.DeleteLeftovers(Disk);
    }

    public MemoryFileSystem Disk { get; } = new();

    public ModelDatabase Model { get; } = new();

    public static StorageOptions PlanOptions(IFileSystem disk) =>
        OptionsOn(disk) with
        {
            MemTableBytes = 64 << 10,
            TableSizeBytes = 1 << 20,
            L1SizeBytes = 1 << 20,
            CompressionPerLevel = [Compression.None],
        };

    /// <summary>The one table of a level.</summary>
    public string TableOf(int level) => Path.Combine(
        Folder,
        FileNames.Table(ManifestLog.Recover(Disk, Folder)!.Tables.Single(table => table.Level == level)
            .Metadata.FileNumber));

    public string Manifest =>
        Path.Combine(Folder, FileNames.Manifest(CurrentFile.Read(Disk, Folder)!.Value));

    public string Log => Path.Combine(
        Folder, Disk.List(Folder).Last(name => name.EndsWith(".wal", StringComparison.Ordinal)
            && DamagedFile.Read(Disk, Path.Combine(Folder, name)).AsSpan().ContainsAnyExcept((byte)0)));

    /// <summary>Flips a bit in a block of that kind, the first or a later one.</summary>
    public void DamageBlock(string path, BlockKind kind, int index = 0)
    {
        BlockHandle handle;
        using (var file = Disk.Open(path, FileAccess.Read))
            handle = SSTableLayout.Read(file).Blocks.Where(block => block.Kind == kind).ElementAt(index).Handle;
        DamagedFile.Flip(Disk, path, handle.Offset + (handle.SizeBytes / 2));
    }

    public RepairPlan Plan() => StorageEngine.PlanRepair(Folder, PlanOptions(Disk));

    private StorageOptions Options(ManualScheduler scheduler) => PlanOptions(Disk) with { Scheduler = scheduler };

    private void Put(StorageEngine engine, ManualScheduler scheduler, int number, string value) => Apply(
        engine, scheduler, batch => batch.Put(Bytes($"key{number:00}"), Bytes(value)),
        ModelOperation.Put($"key{number:00}", value));

    private void Apply(
        StorageEngine engine, ManualScheduler scheduler, Action<WriteBatch> fill, ModelOperation operation)
    {
        var batch = new WriteBatch();
        fill(batch);
        Model.Apply(Finish(engine.WriteAsync(batch, Durability.Sync), scheduler), [operation]);
    }

    // What was compacted already stays as it is, so that each level has its table.
    private static T FinishUncompacted<T>(ValueTask<T> work, ManualScheduler scheduler)
    {
        while (!work.IsCompleted)
        {
            if (!scheduler.RunOneStep(JobLane.Urgent))
                Thread.Yield();
        }
        return work.GetAwaiter().GetResult();
    }

    private static async ValueTask<bool> AsResult(ValueTask work)
    {
        await work;
        return true;
    }

    private void Ingest(StorageEngine engine, ManualScheduler scheduler)
    {
        Disk.CreateDirectory("outside");
        using (var writer = new SortedTableWriter("outside/in.sst", PlanOptions(Disk)))
        {
            writer.Put("key05"u8, "ingested"u8);
            writer.Put("key43"u8, "ingested"u8);
            writer.Finish();
        }
        var version = FinishUncompacted(engine.IngestAsync(["outside/in.sst"]), scheduler);
        Model.Apply(version, [ModelOperation.Put("key05", "ingested"), ModelOperation.Put("key43", "ingested")]);
    }
}
