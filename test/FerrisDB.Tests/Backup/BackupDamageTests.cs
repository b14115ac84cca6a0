using FerrisDB.Storage;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>Whatever byte of a backup changes: it is found, the file is named, and nothing wrong is restored.</summary>
public sealed class BackupDamageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_damaged_byte_is_found_by_a_verification_that_names_the_file(bool isEncrypted)
    {
        var scene = NewScene(isEncrypted);
        ForEachByte(scene, step: 1, path =>
        {
            if (path.EndsWith(BackupLayout.Header, StringComparison.Ordinal))
            {
                AssertNames(Assert.Throws<FerrisException>(() => Done(scene.Target.VerifyAsync())), path);
                return;
            }
            var report = Done(scene.Target.VerifyAsync());
            Assert.False(report.IsSound);
            Assert.Contains(report.Findings, each => each.IsDamage && each.File == path[(Place.Length + 1)..]);
        });
        Assert.True(Done(scene.Target.VerifyAsync()).IsSound);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_byte_is_not_restored(bool isEncrypted)
    {
        var scene = NewScene(isEncrypted);
        var count = 0;
        ForEachByte(scene, step: 7, path =>
        {
            var folder = $"copy{count++}";
            AssertNames(Assert.Throws<FerrisException>(() => Done(scene.Target.RestoreAsync(folder))), path);
            Assert.False(scene.Disk.FileExists($"{folder}/CURRENT"));
        });
        scene.AssertRestores("copy0", new());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_was_cut_or_lost_is_not_restored(bool isEncrypted)
    {
        var files = NewScene(isEncrypted).StoredFiles().Count;
        for (var index = 0; index < files; index++)
        {
            for (var cut = 0; cut < 4; cut++)
            {
                var scene = NewScene(isEncrypted);
                var path = scene.StoredFiles()[index];
                Cut(scene, path, cut);
                var error = Assert.Throws<FerrisException>(() => Done(scene.Target.RestoreAsync("copy")));
                // Without its only backup the place is empty: then it is not there, and nothing is wrong.
                if (cut == 3 && path.Contains("/backups/", StringComparison.Ordinal))
                    Assert.Equal(ErrorCode.FileNotFound, error.Code);
                else
                    AssertNames(error, path);
                Assert.False(scene.Disk.FileExists("copy/CURRENT"));
            }
        }
    }

    [Fact]
    public void A_damaged_backup_does_not_keep_others_from_being_used()
    {
        var scene = NewScene(isEncrypted: false);
        scene.WriteAndBackUp(3);
        scene.Flip($"{Place}/backups/000001", 40, 1);

        var backups = Done(scene.Target.ListAsync());
        Assert.Contains("backups/000001", backups[0].Damage, StringComparison.Ordinal);
        Assert.Null(backups[1].Damage);
        scene.AssertRestores("copy", new());
        Assert.Equal("000003", scene.WriteAndBackUp(3).Backup.Id);

        // It may need any object: nothing is removed while nobody knows.
        var refused = Assert.Throws<FerrisException>(() => Done(scene.Target.PruneAsync(new())));
        AssertNames(refused, $"{Place}/backups/000001");
        Assert.Equal(3, Done(scene.Target.ListAsync()).Count);
    }

    private static BackupScene NewScene(bool isEncrypted)
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 1, isEncrypted ? KeyOf(1) : null);
        scene.WriteAndBackUp(11);
        return scene;
    }

    private static void ForEachByte(BackupScene scene, int step, Action<string> check)
    {
        foreach (var path in scene.StoredFiles())
        {
            var length = LengthOf(scene, path);
            for (var offset = 0L; offset < length; offset += step)
            {
                var bits = (byte)(1 << (int)(offset % 8));
                scene.Flip(path, offset, bits);
                check(path);
                scene.Flip(path, offset, bits);
            }
        }
    }

    private static void Cut(BackupScene scene, string path, int cut)
    {
        if (cut == 3)
        {
            scene.Disk.Delete(path);
            return;
        }
        using var file = scene.Disk.Open(path, FileAccess.ReadWrite);
        var length = cut switch { 0 => 0, 1 => file.Length / 2, _ => file.Length - 1 };
        Assert.True(file.SetLengthAsync(length).IsCompletedSuccessfully);
    }

    private static long LengthOf(BackupScene scene, string path)
    {
        using var file = scene.Disk.Open(path, FileAccess.Read);
        return file.Length;
    }

    private static void AssertNames(FerrisException error, string path)
    {
        Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }
}
