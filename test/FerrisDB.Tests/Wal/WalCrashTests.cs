using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Wal;

// Stop the disk at every operation of a small workload in turn: segments are begun, prepared ahead, released and used
// again meanwhile. Whatever is left, recovery must yield a prefix of the commits that contains every acknowledged one,
// and what it has yielded once must survive everything that comes later.
public sealed class WalCrashTests
{
    public static TheoryData<Durability> Durabilities => [Durability.Sync, Durability.Process];

    [Theory, MemberData(nameof(Durabilities))]
    public async Task Acknowledged_commits_survive_power_failure_at_any_disk_operation(Durability durability)
    {
        var powerFailed = true;
        for (var operation = 0; powerFailed; operation++)
        {
            var disk = NewDisk(seed: operation, powerFailsAt: operation);
            var run = new CrashRun(durability);
            await run.GoAsync(disk, commits: 40);
            powerFailed = disk.PowerFailed;
            await run.CheckAsync(disk.AfterRestart(), run.Synced, $"{durability}, operation {operation}");
        }
    }

    [Theory, MemberData(nameof(Durabilities))]
    public async Task Acknowledged_commits_survive_a_kill_at_any_disk_operation(Durability durability)
    {
        var wasKilled = true;
        for (var operation = 0; wasKilled; operation++)
        {
            var disk = NewDisk(seed: operation, powerFailsAt: operation);
            var run = new CrashRun(durability);
            await run.GoAsync(disk, commits: 40);
            wasKilled = disk.PowerFailed;
            var place = $"{durability}, operation {operation}";
            var killed = disk.AfterRestart(CrashKind.ProcessKilled);

            // What was read after the kill lay in the page cache alone. Once shown, it must survive power loss.
            var shown = await run.CheckAsync(killed, run.Acknowledged, place);
            await run.CheckAsync(killed.AfterRestart(), shown, place + ", then power loss");
        }
    }

    [Fact]
    public async Task A_second_crash_during_or_after_recovery_loses_nothing()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var disk = NewDisk(seed, powerFailsAt: random.Next(250));
            var run = new CrashRun(seed % 2 == 0 ? Durability.Sync : Durability.Process);
            await run.GoAsync(disk, commits: 40);
            for (var crash = 0; crash < 4; crash++)
            {
                disk = disk.AfterRestart(
                    random.Next(2) == 0 ? CrashKind.PowerFailure : CrashKind.PowerFailureLosesUnsynced);
                disk.PowerFailsAt = disk.OperationCount + random.Next(80);
                await run.GoAsync(disk, commits: 10);
            }
            await run.CheckAsync(disk.AfterRestart(), run.Synced, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_log_ends_before_a_segment_whose_header_was_not_promised()
    {
        var lostHeaders = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var disk = NewDisk(seed, powerFailsAt: int.MaxValue / 2);
            var folder = new WalFolder(disk, Durability.Process);
            var writer = await folder.OpenAsync();
            for (var version = 1; folder.Segments.Count() < 4; version++)
                await WalFolder.AppendAsync(writer, version, WalFolder.TextOf(version, 700));

            var after = new WalFolder(disk.AfterRestart(), Durability.Process) { Known = folder.Known };
            lostHeaders += HeadersLost(after);
            var (records, end) = await after.RecoverAsync();

            for (var index = 0; index < records.Count; index++)
                Assert.Equal(index + 1, records[index].Version);
            Assert.Equal(after.Segments, end.Segments.Select(segment => Path.GetFileName(segment.Path)));
        }
        Assert.InRange(lostHeaders, 20, int.MaxValue);
    }

    [Fact]
    public async Task A_failed_sync_stops_writes_and_what_is_read_after_it_survives_power_loss()
    {
        var hasFailed = true;
        for (var operation = 0; hasFailed; operation++)
        {
            var crashable = new CrashableFileSystem(seed: operation);
            crashable.CreateDirectory(WalFolder.Directory);
            var faulty = new FaultyFileSystem(crashable);
            faulty.FailAt(operation);
            var run = new CrashRun(Durability.Sync);
            await run.GoAsync(faulty, commits: 40);
            hasFailed = faulty.FaultCount > 0;

            // The pages that the failed sync should have written count as clean now, and a second sync writes nothing.
            var shown = await run.CheckAsync(crashable, run.Synced, $"operation {operation}");
            await run.CheckAsync(crashable.AfterRestart(), shown, $"operation {operation}, then power loss");
        }
    }

    // Segments that have records of theirs, but no header.
    private static int HeadersLost(WalFolder folder)
    {
        var segments = WalSegmentFile.List(folder.Files, WalFolder.Directory);
        return segments.Count(segment =>
        {
            using var reader = segment.Open(folder.Files);
            return segment.Header is null && reader.FindSyncedThrough(WalFormat.SegmentHeaderSize) >= 0;
        });
    }

    private static CrashableFileSystem NewDisk(int seed, int powerFailsAt)
    {
        var disk = new CrashableFileSystem(seed);
        disk.CreateDirectory(WalFolder.Directory);
        disk.PowerFailsAt = disk.OperationCount + powerFailsAt;
        return disk;
    }
}
