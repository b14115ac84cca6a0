using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>A backup of a running server, made from outside, is what the server was at its versions.</summary>
public sealed class RemoteBackupTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Backups_of_a_server_under_load_restore_its_versions_byte_for_byte(bool isEncrypted) =>
        BackUpUnderLoadAsync(seed: 1, isEncrypted);

    internal static async Task BackUpUnderLoadAsync(int seed, bool isEncrypted)
    {
        await using var scene = await ServedScene.StartAsync(seed, isEncrypted ? KeyOf(seed) : null);
        await using var client = scene.Server.Connect();
        var writing = scene.WriteAsync();
        for (var round = 0; round < 3; round++)
        {
            await scene.WhenCommittedAsync(200);
            var acknowledged = scene.Server.Database.Storage.LastVersion;
            var backup = (await client.BackupAsync(scene.Target)).Backup;
            Assert.True(backup.LastVersion >= acknowledged);
        }
        scene.EndWriting();
        await writing;
        var random = new Random(seed);
        foreach (var backup in await scene.Target.ListAsync())
        {
            var between = random.NextInt64(backup.FirstVersion, backup.LastVersion + 1);
            foreach (var version in new[] { backup.FirstVersion, between, backup.LastVersion }.Distinct())
                await scene.AssertRestoresAsync(
                    $"{backup.Id}-{version}", new() { BackupId = backup.Id, Version = version });
        }
        Assert.True((await scene.Target.VerifyAsync()).IsSound);
    }

    [Fact]
    public async Task A_second_backup_of_a_server_moves_only_what_is_new()
    {
        await using var scene = await ServedScene.StartAsync(seed: 2);
        await using var client = scene.Server.Connect();
        var writing = scene.WriteAsync();
        await scene.WhenCommittedAsync(500);
        scene.EndWriting();
        await writing;
        // All tables at rest: a compaction would make new ones.
        await scene.Server.Database.CompactAsync();
        var first = await client.BackupAsync(scene.Target);
        var told = new List<BackupProgress>();

        var second = await client.BackupAsync(scene.Target, new BackupOptions { Progress = told.Add });

        Assert.True(first.Backup.FileCount > 2);
        Assert.Equal(0, second.BytesAdded);
        Assert.InRange(second.BytesRead, 0, first.BytesRead / 2);
        Assert.Equal(told[^1].BytesTotal, told[^1].BytesDone);
        Assert.Equal(second.Backup.SizeBytes, told[^1].BytesTotal);
    }

    [Fact]
    public async Task A_backup_whose_connection_is_cut_says_so_and_goes_on_when_it_is_made_again()
    {
        await using var scene = await ServedScene.StartAsync(seed: 3);
        var writing = scene.WriteAsync();
        await scene.WhenCommittedAsync(500);
        scene.EndWriting();
        await writing;
        BackupResult? result = null;
        for (var bytes = 1000; result is null; bytes += 4000)
        {
            await using var client = scene.Server.Connect();
            // Connected first: it is the backup that is to be cut, and not the handshake.
            await TestServer.TextAsync(client, "a");
            scene.Server.Relay.CutAfterAnswerBytes(bytes);
            try
            {
                result = await client.BackupAsync(scene.Target);
            }
            catch (FerrisException cut) when (cut.Code == ErrorCode.ConnectionFailed)
            {
                Assert.Contains("Run it again", cut.Message, StringComparison.Ordinal);
            }
        }
        Assert.InRange(scene.Server.Relay.Cuts, 3, int.MaxValue);
        // What earlier attempts had stored was not stored again.
        Assert.InRange(result.FilesAdded, 0, result.Backup.FileCount - 1);
        await scene.AssertRestoresAsync("copy", new());
    }

    [Fact]
    public async Task A_table_that_is_damaged_on_the_server_is_named_and_becomes_no_backup()
    {
        await using var scene = await ServedScene.StartAsync(seed: 4);
        await using var client = scene.Server.Connect();
        var writing = scene.WriteAsync();
        await scene.WhenCommittedAsync(300);
        scene.EndWriting();
        await writing;
        var engine = scene.Server.Database.Storage;
        await engine.FlushAsync();
        var files = engine.Options.FileSystem!;
        // All of them: which ones are still there when the backup begins is up to compaction.
        foreach (var table in files.List(engine.Folder).Where(name => name.EndsWith(".sst", StringComparison.Ordinal)))
        {
            using var file = files.Open($"{engine.Folder}/{table}", FileAccess.ReadWrite);
            file.Write(100, [0xAA, 0x55, 0xAA]);
        }

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await client.BackupAsync(scene.Target));

        Assert.Equal(ErrorCode.FileCorrupt, error.Code);
        Assert.Contains(".sst", error.Message, StringComparison.Ordinal);
        Assert.Empty(await scene.Target.ListAsync());
    }

    [Fact]
    public async Task Nothing_stays_held_when_a_client_goes_away_in_the_middle()
    {
        await using var scene = await ServedScene.StartAsync(seed: 5);
        var writing = scene.WriteAsync();
        await scene.WhenCommittedAsync(300);
        await using (var client = scene.Server.Connect())
        {
            using var stop = new CancellationTokenSource();
            var options = new BackupOptions { Progress = _ => stop.Cancel() };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await client.BackupAsync(scene.Target, options, stop.Token));
        }
        await scene.WhenCommittedAsync(600);
        scene.EndWriting();
        await writing;
        var engine = scene.Server.Database.Storage;
        await engine.FlushAsync();
        // A log that is held has all segments since then.
        var segments = engine.Options.FileSystem!.List(engine.Folder)
            .Count(name => name.EndsWith(".wal", StringComparison.Ordinal));
        Assert.InRange(segments, 1, 8);
    }
}
