using System.Collections.Concurrent;
using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Tests.Network;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>Of a database whose log is kept, every version can be restored: between two backups too.</summary>
public sealed class ArchiveTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public Task Every_version_since_the_first_backup_is_restored_as_it_was(bool isRemote, bool isEncrypted) =>
        ArchiveUnderLoadAsync(seed: 1, isRemote, isEncrypted);

    internal static async Task ArchiveUnderLoadAsync(int seed, bool isRemote, bool isEncrypted)
    {
        await using var scene = await ServedScene.StartAsync(seed, isEncrypted ? KeyOf(seed) : null);
        await using var client = isRemote ? scene.Server.Connect() : null;
        var steps = new ConcurrentQueue<BackupResult>();
        using var stop = new CancellationTokenSource();
        var options = new ArchiveOptions
        {
            Interval = TimeSpan.FromMilliseconds(10),
            LogBytesMax = 40 << 10,
            Stored = steps.Enqueue,
        };
        var writing = scene.WriteAsync();
        var archiving = (client ?? scene.Server.Database).ArchiveAsync(scene.Target, options, stop.Token).AsTask();
        while (BackupsBegun(steps) < 3 && !archiving.IsCompleted)
            await scene.WhenCommittedAsync(20);
        await stop.CancelAsync();
        await archiving;
        scene.EndWriting();
        await writing;

        var backups = (await scene.Target.ListAsync()).OrderBy(each => each.FirstVersion).ToList();
        for (var index = 1; index < backups.Count; index++)
            Assert.InRange(backups[index].FirstVersion, 0, backups.Take(index).Max(each => each.LastVersion));
        var (first, last) = (backups[0].FirstVersion, backups.Max(each => each.LastVersion));
        var random = new Random(seed);
        for (var trial = 0; trial < 12; trial++)
            await scene.AssertRestoresAsync($"copy{trial}", new() { Version = random.NextInt64(first, last + 1) });
        await scene.AssertRestoresAsync("all", new() { Version = last });
        Assert.True((await scene.Target.VerifyAsync()).IsSound);
    }

    [Fact]
    public async Task A_follower_that_is_started_again_goes_on_with_the_log()
    {
        // Nothing is flushed: between the two the server keeps its log for itself alone.
        await using var scene = await ServedScene.StartAsync(seed: 2, memTableBytes: 512 << 10);
        var writing = scene.WriteAsync();
        await FollowAsync(scene, steps: 2);
        await scene.WhenCommittedAsync(10);
        var again = await FollowAsync(scene, steps: 1);
        scene.EndWriting();
        await writing;

        // The tables of the first step, and one log from there to the end: nothing was begun anew.
        Assert.Equal((await scene.Target.ListAsync())[0].FirstVersion, again[0].Backup.FirstVersion);
        await scene.AssertRestoresAsync("copy", new());
    }

    [Fact]
    public async Task A_database_where_nothing_happens_makes_no_more_backups()
    {
        await using var scene = await ServedScene.StartAsync(seed: 3);
        await using var client = scene.Server.Connect();
        await client.RunAsync(transaction => transaction.Set("k"u8, "1"u8));
        using var stop = new CancellationTokenSource();
        var stored = 0;
        var options = new ArchiveOptions { Interval = TimeSpan.FromMilliseconds(10), Stored = _ => stored++ };
        var archiving = client.ArchiveAsync(scene.Target, options, stop.Token).AsTask();
        for (var asked = 0; asked < 200; asked++)
            await client.ReadAsync(reads => reads.GetAsync("k"u8));
        while (Volatile.Read(ref stored) == 0 && !archiving.IsCompleted)
            await Task.Yield();
        await stop.CancelAsync();
        await archiving;

        Assert.Equal(1, stored);
        Assert.Single(await scene.Target.ListAsync());
    }

    [Fact]
    public async Task Cut_connections_cost_a_step_and_what_is_there_is_right()
    {
        await using var scene = await ServedScene.StartAsync(seed: 4);
        await using var client = scene.Server.Connect();
        var steps = new ConcurrentQueue<BackupResult>();
        var failed = new ConcurrentQueue<FerrisException>();
        using var stop = new CancellationTokenSource();
        var options = new ArchiveOptions
        {
            Interval = TimeSpan.FromMilliseconds(10),
            Stored = steps.Enqueue,
            Failed = failed.Enqueue,
        };
        var writing = scene.WriteAsync();
        var archiving = client.ArchiveAsync(scene.Target, options, stop.Token).AsTask();
        var random = new Random(4);
        // Whether a cut meets a step or the pause between two is chance: a number of steps without any must do.
        while ((failed.Count < 3 || steps.Count < 5) && steps.Count < 12 && !archiving.IsCompleted)
        {
            for (var seen = steps.Count; steps.Count == seen && !archiving.IsCompleted;)
                await scene.WhenCommittedAsync(1);
            await scene.WhenCommittedAsync(random.Next(1, 15));
            scene.Server.Relay.Cut();
        }
        await stop.CancelAsync();
        await archiving;
        scene.EndWriting();
        await writing;

        foreach (var backup in await scene.Target.ListAsync())
        {
            var version = random.NextInt64(backup.FirstVersion, backup.LastVersion + 1);
            await scene.AssertRestoresAsync($"copy{backup.Id}", new() { BackupId = backup.Id, Version = version });
        }
    }

    private static int BackupsBegun(IEnumerable<BackupResult> steps) =>
        steps.Select(step => step.Backup.FirstVersion).Distinct().Count();

    private static async Task<List<BackupResult>> FollowAsync(ServedScene scene, int steps)
    {
        await using var client = scene.Server.Connect();
        var stored = new ConcurrentQueue<BackupResult>();
        using var stop = new CancellationTokenSource();
        var options = new ArchiveOptions
        {
            Interval = TimeSpan.FromMilliseconds(10),
            Stored = result =>
            {
                stored.Enqueue(result);
                if (stored.Count == steps)
                    stop.Cancel();
            },
        };
        await client.ArchiveAsync(scene.Target, options, stop.Token);
        return [.. stored];
    }
}
