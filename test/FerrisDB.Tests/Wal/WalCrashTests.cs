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

    private static CrashableFileSystem NewDisk(int seed, int powerFailsAt)
    {
        var disk = new CrashableFileSystem(seed);
        disk.CreateDirectory(WalFolder.Directory);
        disk.PowerFailsAt = disk.OperationCount + powerFailsAt;
        return disk;
    }
}
