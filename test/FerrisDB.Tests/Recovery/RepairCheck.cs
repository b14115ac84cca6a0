using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.TestKit.ModelDatabase;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

/// <summary>
/// What must hold of every repair: the plan changes nothing; afterwards the database opens, is sound, and answers
/// rightly except where the plan said that it would not; and every file that was damaged is still there.
/// </summary>
internal static class RepairCheck
{
    /// <summary>
    /// Plans, repairs if that is needed, and compares with the model. Returns the plan. If an earlier repair was
    /// interrupted, its plan is the one that must be kept.
    /// </summary>
    public static RepairPlan Run(MemoryFileSystem disk, ModelDatabase model, RepairPlan? interrupted = null)
    {
        var before = Contents(disk);
        var plan = StorageEngine.PlanRepair(Folder, OptionsOn(disk));
        Assert.Equal(before, Contents(disk));
        Assert.Equal(StorageEngine.Verify(Folder, OptionsOn(disk)).IsSound, !plan.IsNeeded);
        if (plan.IsNeeded)
        {
            Blocking.Wait(StorageEngine.ApplyRepairAsync(plan));
            AssertNothingIsGone(disk, before, plan);
            var report = StorageEngine.Verify(Folder, OptionsOn(disk));
            Assert.True(report.IsSound, string.Join('\n', report.Findings));
            Assert.False(StorageEngine.PlanRepair(Folder, OptionsOn(disk)).IsNeeded);
        }
        else
        {
            Assert.Empty(plan.Losses);
        }
        CheckContent(disk, model, interrupted ?? plan, plan.Marks.Count + (plan.IsNeeded ? 1 : 0));
        return plan;
    }

    private static void CheckContent(MemoryFileSystem disk, ModelDatabase model, RepairPlan plan, int marks)
    {
        var scheduler = new ManualScheduler();
        using (var engine = StorageEngine.Open(Folder, OptionsOn(disk, scheduler) with { CreateIfMissing = false }))
        {
            Compare(engine, model, plan);
            Assert.Equal(marks, engine.Marks.Count);
            Assert.All(engine.Marks, mark => Assert.Contains("repaired with", mark, StringComparison.Ordinal));
            // What a repair leaves is a database like any other: it can be written and compacted.
            Finish(engine.WriteAsync(Batch("zz", "new")), scheduler);
            Finish(engine.CompactAsync(), scheduler);
            Compare(engine, model, plan);
            Assert.Equal("new"u8.ToArray(), engine.Get("zz"u8));
            scheduler.RunUntilIdle();
        }
        using var again = StorageEngine.Open(Folder, OptionsOn(disk, scheduler));
        Compare(again, model, plan);
        Assert.Equal(marks, again.Marks.Count);
        scheduler.DropAll();
    }

    private static void Compare(StorageEngine engine, ModelDatabase model, RepairPlan plan)
    {
        for (var number = 0; number < 60; number++)
        {
            var key = $"key{number:00}";
            if (plan.Losses.Any(loss => loss.Kind != RepairLossKind.Commits && loss.Concerns(Bytes(key))))
                continue;
            var expected = model.Get(key, plan.LastVersion);
            var found = engine.Get(Bytes(key)) is { } value ? Text(value) : null;
            Assert.True(expected == found, $"{key} is {found}, not {expected}, with\n{plan}");
        }
    }

    private static void AssertNothingIsGone(
        MemoryFileSystem disk, Dictionary<string, byte[]> before, RepairPlan plan)
    {
        foreach (var damaged in plan.Damage.Select(finding => finding.File).Where(before.ContainsKey))
            Assert.Contains(damaged, plan.FilesSetAside);
        foreach (var name in plan.FilesSetAside)
            Assert.Equal(before[name], DamagedFile.Read(disk, Path.Combine(Folder, name + ".damaged")));
    }

    public static Dictionary<string, byte[]> Contents(MemoryFileSystem disk) =>
        disk.List(Folder).Where(name => name != FileNames.Lock).ToDictionary(
            name => name, name => DamagedFile.Read(disk, Path.Combine(Folder, name)));

    private static WriteBatch Batch(string key, string value)
    {
        var batch = new WriteBatch();
        batch.Put(Bytes(key), Bytes(value));
        return batch;
    }
}
