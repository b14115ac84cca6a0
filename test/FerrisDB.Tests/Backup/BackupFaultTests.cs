using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Recovery;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>The disk of the backups fails at each operation in turn: the database does not mind.</summary>
public sealed class BackupFaultTests
{
    [Theory]
    [InlineData(ErrorCode.IoError)]
    [InlineData(ErrorCode.DiskFull)]
    public void A_failing_disk_fails_the_backup_alone_and_the_next_one_works(ErrorCode code)
    {
        var isReached = true;
        var step = 0;
        for (; isReached; step++)
        {
            var place = new FaultyFileSystem(new MemoryFileSystem());
            var database = new SmallDatabase(new MemoryFileSystem(), seed: 3);
            var target = new BackupTarget(new FolderBackupStore(place, Place), database.Disk);
            using var engine = StorageEngine.Open(SmallDatabase.Folder, database.Options);
            database.Write(engine, 12);
            SmallDatabase.Finish(engine.BackupAsync(target), database.Scheduler);
            database.Write(engine, 12);

            place.FailAt(place.OperationCount + step, code);
            isReached = Fails(() => SmallDatabase.Finish(engine.BackupAsync(target), database.Scheduler), code);
            place.Heal();
            // One that failed in its last operation, which makes its name durable, may be there; then it is whole.
            Assert.InRange(Done(target.ListAsync()).Count, isReached ? 1 : 2, 2);
            database.Write(engine, 3, Durability.Sync);
            SmallDatabase.Finish(engine.BackupAsync(target), database.Scheduler);
            AssertAllRestore(target, database);
        }
        Assert.InRange(step, 15, 1000);
    }

    [Fact]
    public void A_failing_disk_fails_the_restore_and_it_goes_on_when_the_disk_works_again()
    {
        var isReached = true;
        var step = 0;
        for (; isReached; step++)
        {
            var disk = new FaultyFileSystem(new MemoryFileSystem());
            var scene = new BackupScene(disk, seed: 3);
            scene.WriteAndBackUp(25);
            disk.FailAt(disk.OperationCount + step);
            isReached = Fails(() => Done(scene.Target.RestoreAsync("copy")), ErrorCode.IoError);
            disk.Heal();
            // What failed behind CURRENT has left a whole database, with or without the mark.
            if (isReached && (!disk.FileExists("copy/CURRENT") || disk.FileExists($"copy/{RestoreMark.FileName}")))
                Done(scene.Target.RestoreAsync("copy"));
            Assert.Equal(
                scene.Model.Range(scene.Model.LastVersion), SmallDatabase.ReadAll(disk, "copy", out _));
        }
        Assert.InRange(step, 15, 1000);
    }

    private static bool Fails(Action work, ErrorCode code)
    {
        try
        {
            work();
            return false;
        }
        catch (FerrisException error)
        {
            Assert.Equal(code, error.Code);
            return true;
        }
    }

    private static void AssertAllRestore(BackupTarget target, SmallDatabase database)
    {
        foreach (var backup in Done(target.ListAsync()))
        {
            Done(target.RestoreAsync($"copy{backup.Id}", new() { BackupId = backup.Id }));
            Assert.Equal(
                database.Model.Range(backup.LastVersion),
                SmallDatabase.ReadAll(database.Disk, $"copy{backup.Id}", out _));
        }
    }
}
