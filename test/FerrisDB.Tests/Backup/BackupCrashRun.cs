using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Recovery;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>Pulls the plug at one disk operation of a backup, a restore or a pruning, and looks what is left.</summary>
internal static class BackupCrashRun
{
    /// <summary>One more backup beside an earlier one. False if the power did not fail any more.</summary>
    public static bool Create(CrashKind kind, int step, bool isEncrypted)
    {
        var (disk, scene) = NewScene(step, isEncrypted);
        scene.WriteAndBackUp(12);
        var powerFailed = UntilPowerFails(disk, () =>
        {
            using var engine = scene.Open();
            scene.Database.Write(engine, 12, Durability.Sync);
            disk.PowerFailsAt = disk.OperationCount + step;
            scene.Backup(engine);
            disk.PowerFailsAt = long.MaxValue;
        });
        var restarted = Restart(scene, disk, kind, isEncrypted);
        var backups = Done(restarted.Target.ListAsync());
        Assert.Equal(powerFailed ? backups.Count : 2, backups.Count);
        Assert.InRange(backups.Count, 1, 2);
        AssertAllRestore(restarted, scene.Model, "first");
        // Whatever is left, the next one works.
        using (var engine = restarted.Open())
            restarted.Backup(engine);
        AssertAllRestore(restarted, scene.Model, "second");
        return powerFailed;
    }

    /// <summary>A restore at a version before the last. False if the power did not fail any more.</summary>
    public static bool Restore(CrashKind kind, int step)
    {
        var (disk, scene) = NewScene(step, isEncrypted: false);
        var backup = scene.WriteAndBackUp(25).Backup;
        var options = new RestoreOptions { Version = backup.LastVersion - 1 };
        var powerFailed = UntilPowerFails(disk, () =>
        {
            disk.PowerFailsAt = disk.OperationCount + step;
            Done(scene.Target.RestoreAsync("copy", options));
            disk.PowerFailsAt = long.MaxValue;
        });
        var restarted = Restart(scene, disk, kind, isEncrypted: false);
        var expected = scene.Model.Range(backup.LastVersion - 1);
        if (restarted.Disk.FileExists("copy/CURRENT"))
            Assert.Equal(expected, SmallDatabase.ReadAll(restarted.Disk, "copy", out _));
        else
            Assert.ThrowsAny<Exception>(() => SmallDatabase.ReadAll(restarted.Disk, "copy", out _));
        if (!restarted.Disk.FileExists("copy/CURRENT") || restarted.Disk.FileExists($"copy/{RestoreMark.FileName}"))
            Done(restarted.Target.RestoreAsync("copy", options));
        Assert.Equal(expected, SmallDatabase.ReadAll(restarted.Disk, "copy", out _));
        return powerFailed;
    }

    /// <summary>A pruning to the newest. False if the power did not fail any more.</summary>
    public static bool Prune(CrashKind kind, int step)
    {
        var (disk, scene) = NewScene(step, isEncrypted: false);
        for (var round = 0; round < 3; round++)
            scene.WriteAndBackUp(8);
        var powerFailed = UntilPowerFails(disk, () =>
        {
            disk.PowerFailsAt = disk.OperationCount + step;
            Done(scene.Target.PruneAsync(new()));
            disk.PowerFailsAt = long.MaxValue;
        });
        var restarted = Restart(scene, disk, kind, isEncrypted: false);
        Assert.InRange(Done(restarted.Target.ListAsync()).Count, 1, 3);
        AssertAllRestore(restarted, scene.Model, "first");
        Assert.Single(Done(restarted.Target.PruneAsync(new())).Kept);
        AssertAllRestore(restarted, scene.Model, "second");
        var report = Done(restarted.Target.VerifyAsync());
        Assert.Empty(report.Findings);
        return powerFailed;
    }

    private static (CrashableFileSystem Disk, BackupScene Scene) NewScene(int step, bool isEncrypted)
    {
        var disk = new CrashableFileSystem(seed: step) { FoldersNeedSync = true };
        disk.CreateDirectory(SmallDatabase.Folder);
        disk.SyncDirectoryAsync("").AsTask().Wait();
        return (disk, new BackupScene(disk, seed: 3, isEncrypted ? KeyOf(3) : null));
    }

    private static BackupScene Restart(BackupScene before, CrashableFileSystem disk, CrashKind kind, bool isEncrypted)
    {
        before.Database.Scheduler.DropAll();
        return new BackupScene(disk.AfterRestart(kind), seed: 4, isEncrypted ? KeyOf(3) : null);
    }

    private static bool UntilPowerFails(CrashableFileSystem disk, Action work)
    {
        try
        {
            work();
        }
        catch (PowerFailureException)
        {
        }
        catch (FerrisException) when (disk.PowerFailed)
        {
        }
        return disk.PowerFailed;
    }

    private static void AssertAllRestore(BackupScene scene, ModelDatabase model, string prefix)
    {
        foreach (var backup in Done(scene.Target.ListAsync()))
        {
            Assert.Null(backup.Damage);
            scene.AssertRestores($"{prefix}-{backup.Id}", new() { BackupId = backup.Id }, model);
        }
    }
}
