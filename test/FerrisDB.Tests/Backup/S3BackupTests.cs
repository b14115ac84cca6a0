using FerrisDB.Backup.S3;
using FerrisDB.Storage;
using FerrisDB.Tests.Recovery;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Backup;

/// <summary>Backups in a store of objects, through the SDK and real HTTP, against a stand-in for the store.</summary>
public sealed class S3BackupTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_version_that_a_row_of_backups_covers_is_restored_as_it_was(bool isEncrypted)
    {
        await using var standIn = await S3StandIn.StartAsync();
        using var client = standIn.NewClient();
        var disk = new MemoryFileSystem();
        var store = new S3BackupStore(client, S3StandIn.Bucket, "backups/mydb");
        var target = new BackupTarget(store, disk, isEncrypted ? BackupScene.KeyOf(1) : null);
        var database = new SmallDatabase(disk, seed: 1);
        using (var engine = StorageEngine.Open(SmallDatabase.Folder, database.Options))
        {
            for (var round = 0; round < 3; round++)
            {
                database.Write(engine, 20);
                await engine.BackupAsync(target);
            }
            Assert.Equal(0, (await engine.BackupAsync(target)).FilesAdded);
        }
        Assert.All(standIn.Keys, key => Assert.StartsWith("backups/mydb/", key, StringComparison.Ordinal));
        await AssertAllRestoreAsync(target, database, "before");

        var pruned = await target.PruneAsync(new() { Newest = 3 });
        Assert.Single(pruned.Removed);
        Assert.True((await target.VerifyAsync()).IsSound);
        await AssertAllRestoreAsync(target, database, "after");
    }

    [Fact]
    public async Task A_large_object_goes_in_parts_and_is_there_whole_or_not_at_all()
    {
        await using var standIn = await S3StandIn.StartAsync();
        using var client = standIn.NewClient();
        var store = new S3BackupStore(client, S3StandIn.Bucket);
        var content = new byte[(2 * S3BackupStore.PartBytesMin) + 5];
        new Random(1).NextBytes(content);
        await store.WriteAsync("objects/large", new MemoryStream(content), content.Length);
        Assert.True(content.AsSpan().SequenceEqual(standIn.Content("objects/large")));
        Assert.Equal([new StoredObject("large", content.Length)], await store.ListAsync("objects"));

        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
            await store.WriteAsync("objects/short", new MemoryStream(content), content.Length + 1));
        Assert.Null(await store.OpenReadAsync("objects/short"));
        Assert.Equal(0, standIn.UploadsUnderWay);
    }

    [Fact]
    public async Task One_at_a_time_changes_backups_and_who_was_killed_is_taken_over_from()
    {
        await using var standIn = await S3StandIn.StartAsync();
        using var client = standIn.NewClient();
        var clock = new FakeTimeProvider(standIn.Now);
        var first = new S3BackupStore(client, S3StandIn.Bucket, "mydb", clock);
        var second = new S3BackupStore(client, S3StandIn.Bucket, "mydb", clock);
        await using (await first.LockAsync(exclusive: true))
        {
            var refused = await Assert.ThrowsAsync<FerrisException>(async () =>
                await second.LockAsync(exclusive: true));
            Assert.Equal(ErrorCode.FolderLocked, refused.Code);
            Assert.Contains($"process {Environment.ProcessId} on ", refused.Message, StringComparison.Ordinal);
        }
        // Given back; then taken by one that is killed.
        await first.LockAsync(exclusive: true);
        clock.Advance(TimeSpan.FromMinutes(59));
        await Assert.ThrowsAsync<FerrisException>(async () => await second.LockAsync(exclusive: true));
        clock.Advance(TimeSpan.FromMinutes(2));
        await using (await second.LockAsync(exclusive: true))
            Assert.Equal(["mydb/LOCK"], standIn.Keys);
        Assert.Empty(standIn.Keys);
    }

    [Fact]
    public async Task What_the_store_refuses_is_told_with_its_name_and_no_backup_counts()
    {
        await using var standIn = await S3StandIn.StartAsync();
        using var client = standIn.NewClient();
        var disk = new MemoryFileSystem();
        var target = new BackupTarget(new S3BackupStore(client, S3StandIn.Bucket), disk);
        var database = new SmallDatabase(disk, seed: 1);
        using var engine = StorageEngine.Open(SmallDatabase.Folder, database.Options);
        database.Write(engine, 30);
        standIn.Refuses = static (method, key) =>
            method == "PUT" && key.StartsWith("objects/", StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<FerrisException>(async () => await engine.BackupAsync(target));
        Assert.Equal(ErrorCode.IoError, refused.Code);
        Assert.Contains("write s3://bucket/objects/", refused.Message, StringComparison.Ordinal);

        standIn.Refuses = static (_, _) => false;
        Assert.Empty(await target.ListAsync());
        await engine.BackupAsync(target);
        await AssertAllRestoreAsync(target, database, "copy");
        standIn.Refuses = static (method, key) =>
            method == "GET" && key.StartsWith("objects/", StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<FerrisException>(async () => await target.RestoreAsync("other"));
        Assert.Contains("read s3://bucket/objects/", refused.Message, StringComparison.Ordinal);
    }

    private static async Task AssertAllRestoreAsync(BackupTarget target, SmallDatabase database, string prefix)
    {
        foreach (var backup in await target.ListAsync())
        {
            foreach (var version in new[] { backup.FirstVersion, backup.LastVersion }.Distinct())
            {
                var folder = $"{prefix}-{backup.Id}-{version}";
                await target.RestoreAsync(folder, new() { BackupId = backup.Id, Version = version });
                Assert.Equal(
                    database.Model.Range(version), SmallDatabase.ReadAll(database.Disk, folder, out _));
            }
        }
    }
}
