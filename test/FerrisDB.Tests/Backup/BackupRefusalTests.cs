using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Recovery;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>What must not be taken for a backup, or be restored, is refused, and says why.</summary>
public sealed class BackupRefusalTests
{
    [Fact]
    public void A_folder_that_is_not_empty_is_not_restored_to()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1);
        scene.WriteAndBackUp(10);
        var before = scene.Disk.List(SmallDatabase.Folder);
        Assert.Equal(ErrorCode.RestoreDestinationNotEmpty, CodeOf(scene.Target.RestoreAsync(SmallDatabase.Folder)));
        Assert.Equal(before, scene.Disk.List(SmallDatabase.Folder));

        scene.Disk.CreateDirectory("notes");
        scene.Disk.Create("notes/todo.txt").Dispose();
        Assert.Equal(ErrorCode.RestoreDestinationNotEmpty, CodeOf(scene.Target.RestoreAsync("notes")));

        scene.AssertRestores("copy", new());
        Assert.Equal(ErrorCode.RestoreDestinationNotEmpty, CodeOf(scene.Target.RestoreAsync("copy")));
    }

    [Fact]
    public void The_folder_of_a_database_or_of_other_things_is_no_place_for_backups()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1);
        using var engine = scene.Open();
        var target = new BackupTarget(new FolderBackupStore(scene.Disk, SmallDatabase.Folder), scene.Disk);
        var before = scene.Disk.List(SmallDatabase.Folder);
        var refused = Assert.Throws<ArgumentException>(() =>
            SmallDatabase.Finish(engine.BackupAsync(target), scene.Database.Scheduler));
        Assert.Contains("but a database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, scene.Disk.List(SmallDatabase.Folder));
        Assert.Equal(ErrorCode.FileNotFound, CodeOf(target.ListAsync()));
        Assert.Equal(ErrorCode.FileNotFound, CodeOf(scene.Target.ListAsync()));
        Assert.Equal(ErrorCode.FileNotFound, CodeOf(scene.Target.PruneAsync(new())));
        Assert.False(scene.Disk.DirectoryExists(Place));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_wrong_key_is_refused_clearly(bool isEncrypted, bool hasKey)
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1, isEncrypted ? KeyOf(1) : null);
        scene.WriteAndBackUp(10);
        var wrong = new BackupTarget(new FolderBackupStore(scene.Disk, Place), scene.Disk, hasKey ? KeyOf(2) : null);

        Assert.Equal(ErrorCode.InvalidEncryptionKeyFile, CodeOf(wrong.ListAsync()));
        Assert.Equal(ErrorCode.InvalidEncryptionKeyFile, CodeOf(wrong.VerifyAsync()));
        Assert.Equal(ErrorCode.InvalidEncryptionKeyFile, CodeOf(wrong.PruneAsync(new())));
        Assert.Equal(ErrorCode.InvalidEncryptionKeyFile, CodeOf(wrong.RestoreAsync("copy")));
        using var engine = scene.Open();
        Assert.Equal(ErrorCode.InvalidEncryptionKeyFile, CodeOf(engine.BackupAsync(wrong)));
        scene.AssertRestores("copy", new());
    }

    [Fact]
    public void An_encrypted_backup_shows_neither_keys_nor_values_nor_the_hashes_of_files()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1, KeyOf(1));
        scene.WriteAndBackUp(40);
        foreach (var path in scene.StoredFiles().Where(path => path.Contains("s/", StringComparison.Ordinal)))
        {
            using var file = scene.Disk.Open(path, FileAccess.Read);
            var content = new byte[file.Length];
            file.Read(0, content);
            Assert.Equal(-1, content.AsSpan().IndexOf("key1"u8));
            var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
            Assert.DoesNotContain(hash, path, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_version_that_no_backup_covers_is_refused_with_what_they_cover()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1);
        var backup = scene.WriteAndBackUp(60).Backup;
        Assert.True(backup.FirstVersion > 0);
        foreach (var version in new[] { backup.FirstVersion - 1, backup.LastVersion + 1 })
        {
            var refused = Assert.Throws<FerrisException>(() =>
                Done(scene.Target.RestoreAsync("copy", new() { Version = version })));
            Assert.Equal(ErrorCode.RestoreInvalidVersion, refused.Code);
            Assert.Contains(
                $"{backup.FirstVersion} to {backup.LastVersion}", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(
            ErrorCode.BackupDoesNotExist, CodeOf(scene.Target.RestoreAsync("copy", new() { BackupId = "000009" })));
        Assert.False(scene.Disk.DirectoryExists("copy"));
    }

    [Fact]
    public void A_damaged_table_does_not_become_a_backup()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1);
        scene.Database.Create();
        var name = scene.Disk.List(SmallDatabase.Folder).First(name => name.EndsWith(".sst", StringComparison.Ordinal));
        scene.Flip($"{SmallDatabase.Folder}/{name}", 5, 1);
        using var engine = scene.Open();
        var refused = Assert.Throws<FerrisException>(() => scene.Backup(engine));
        Assert.Equal(ErrorCode.FileCorrupt, refused.Code);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Empty(Done(scene.Target.ListAsync()));
    }

    [Fact]
    public void Two_backups_to_one_place_at_a_time_are_refused()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1);
        scene.WriteAndBackUp(5);
        using (scene.Disk.Lock($"{Place}/{BackupLayout.Lock}", exclusive: true))
        {
            using var engine = scene.Open();
            Assert.Equal(ErrorCode.FolderLocked, CodeOf(engine.BackupAsync(scene.Target)));
            Assert.Equal(ErrorCode.FolderLocked, CodeOf(scene.Target.ListAsync()));
        }
        using (scene.Disk.Lock($"{Place}/{BackupLayout.Lock}", exclusive: false))
        {
            Assert.Single(Done(scene.Target.ListAsync()));
            Assert.Equal(ErrorCode.FolderLocked, CodeOf(scene.Target.PruneAsync(new())));
        }
    }

    [Fact]
    public void A_full_disk_is_told_before_anything_is_restored()
    {
        var disk = new FaultyFileSystem(new MemoryFileSystem());
        var scene = new BackupScene(disk, seed: 1);
        scene.WriteAndBackUp(30);
        disk.FreeBytes = 1000;
        Assert.Equal(ErrorCode.DiskFull, CodeOf(scene.Target.RestoreAsync("copy")));
        disk.FreeBytes = null;
        scene.AssertRestores("copy", new());
    }

    private static ErrorCode CodeOf<T>(ValueTask<T> work) => Assert.Throws<FerrisException>(() => Done(work)).Code;
}
