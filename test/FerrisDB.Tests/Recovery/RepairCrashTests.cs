using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

// The power fails at every disk operation of a repair in turn. What is found then is the repaired database, or a folder
// that can be repaired (again), to the same content; and no damaged file is gone.
public sealed class RepairCrashTests
{
    [Theory]
    [InlineData("table")]
    [InlineData("manifest")]
    [InlineData("current")]
    [InlineData("log")]
    public void A_repair_survives_power_failure_at_any_disk_operation(string damaged)
    {
        var scene = new RepairScene();
        Damage(scene, damaged);
        var before = RepairCheck.Contents(scene.Disk);
        var operation = 0;
        for (var powerFailed = true; powerFailed; operation++)
        {
            var disk = new CrashableFileSystem(operation);
            CopyTo(disk, before);
            var plan = StorageEngine.PlanRepair(Folder, RepairScene.PlanOptions(disk));
            disk.PowerFailsAt = disk.OperationCount + operation;
            powerFailed = !TryApply(plan);
            var found = DamagedFile.Copy(disk.AfterRestart(CrashKind.PowerFailure), Folder);
            foreach (var name in plan.FilesSetAside)
                AssertIsSomewhere(found, name, before[name]);
            RepairCheck.Run(found, scene.Model, plan);
        }
        Assert.InRange(operation, 10, 1000);
    }

    private static void Damage(RepairScene scene, string damaged)
    {
        if (damaged == "table")
            scene.DamageBlock(scene.TableOf(0), BlockKind.Data);
        else if (damaged == "manifest")
            DamagedFile.Flip(scene.Disk, scene.Manifest, 40);
        else if (damaged == "current")
            scene.Disk.Delete(Path.Combine(Folder, FileNames.Current));
        else
            DamagedFile.Flip(scene.Disk, scene.Log, DamagedFile.Read(scene.Disk, scene.Log).Length - 60);
    }

    private static bool TryApply(RepairPlan plan)
    {
        try
        {
            Blocking.Wait(StorageEngine.ApplyRepairAsync(plan));
            return true;
        }
        catch (PowerFailureException)
        {
            return false;
        }
    }

    private static void CopyTo(CrashableFileSystem disk, Dictionary<string, byte[]> files)
    {
        disk.CreateDirectory(Folder);
        foreach (var (name, content) in files)
        {
            using var file = disk.Create(Path.Combine(Folder, name));
            file.Write(0, content);
            Blocking.Wait(file.SyncAsync());
        }
        Blocking.Wait(disk.SyncDirectoryAsync(Folder));
    }

    private static void AssertIsSomewhere(MemoryFileSystem disk, string name, byte[] content) =>
        Assert.Contains(
            disk.List(Folder).Where(candidate => candidate.StartsWith(name, StringComparison.Ordinal)),
            candidate => DamagedFile.Read(disk, Path.Combine(Folder, candidate)).SequenceEqual(content));
}
