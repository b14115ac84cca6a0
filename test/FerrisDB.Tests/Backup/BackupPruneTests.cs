using FerrisDB.Storage;
using FerrisDB.Tests.Recovery;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>Pruning removes what nobody needs, and never anything else.</summary>
public sealed class BackupPruneTests
{
    [Fact]
    public void Whatever_is_pruned_what_is_kept_restores() => Try(seeds: Enumerable.Range(1, 6));

    [Fact]
    public void A_dry_run_says_what_would_go_and_removes_nothing()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 2);
        for (var round = 0; round < 3; round++)
            scene.WriteAndBackUp(15);
        var before = scene.StoredFiles();
        var plan = Done(scene.Target.PruneAsync(new() { DryRun = true }));
        Assert.Equal(before, scene.StoredFiles());

        var result = Done(scene.Target.PruneAsync(new()));
        Assert.Equal(
            (plan.Removed.Count, plan.ObjectsRemoved, plan.BytesRemoved),
            (result.Removed.Count, result.ObjectsRemoved, result.BytesRemoved));
        Assert.Equal(before.Count - result.ObjectsRemoved - result.Removed.Count, scene.StoredFiles().Count);
        Assert.Equal("000003", Assert.Single(result.Kept).Id);
    }

    [Fact]
    public void What_an_interrupted_backup_left_is_removed()
    {
        var scene = new BackupScene(new MemoryFileSystem(), seed: 2);
        scene.WriteAndBackUp(15);
        scene.Disk.Create($"{Place}/objects/{new string('a', 64)}").Dispose();
        scene.Disk.Create($"{Place}/objects/{new string('b', 64)}.tmp").Dispose();
        Assert.Equal(1, Done(scene.Target.PruneAsync(new())).ObjectsRemoved);
        Assert.DoesNotContain(scene.StoredFiles(), path => path.Contains("aaaa", StringComparison.Ordinal)
            || path.EndsWith(".tmp", StringComparison.Ordinal));
        scene.AssertRestores("copy", new());
    }

    internal static void Try(IEnumerable<int> seeds)
    {
        foreach (var seed in seeds)
        {
            var random = new Random(seed);
            var scene = new BackupScene(new MemoryFileSystem(), seed, random.Next(2) == 0 ? KeyOf(seed) : null);
            for (var round = 0; round < 8; round++)
            {
                scene.WriteAndBackUp(random.Next(12));
                if (random.Next(3) > 0)
                    continue;
                var kept = Done(scene.Target.PruneAsync(new() { Newest = random.Next(1, 4) })).Kept;
                Assert.Equal(kept, Done(scene.Target.ListAsync()));
                Assert.True(Done(scene.Target.VerifyAsync()).IsSound, $"seed {seed}, round {round}");
                foreach (var backup in kept)
                    scene.AssertRestores($"{round}-{backup.Id}", new() { BackupId = backup.Id });
            }
        }
    }
}
