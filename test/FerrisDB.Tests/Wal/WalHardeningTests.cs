using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Wal;

// Recovery makes durable what it reads, in the background. Whenever its steps run, and wherever the power fails: what
// was durable stays, and what was shown in the end stays too.
public sealed class WalHardeningTests
{
    public static TheoryData<int, int> StepsAndKills => new()
    {
        // steps of the background for each record; the operation in which the writer is killed
        { 0, 150 }, { 1, 60 }, { 1, 150 }, { 100, 60 }, { 100, 150 },
    };

    [Theory, MemberData(nameof(StepsAndKills))]
    public async Task Power_failure_at_any_operation_of_a_recovery_loses_nothing(int steps, int killedAt)
    {
        var powerFailed = true;
        for (var operation = 0; powerFailed; operation++)
        {
            var (killed, run) = await KilledAsync(seed: operation, killedAt);
            killed.PowerFailsAt = killed.OperationCount + operation;
            var promised = run.Synced;
            try
            {
                promised = await run.CheckAsync(killed, run.Acknowledged, "before", scheduler => Run(scheduler, steps));
            }
            catch (PowerFailureException)
            {
            }
            powerFailed = killed.PowerFailed;
            await run.CheckAsync(killed.AfterRestart(), promised, $"{steps} steps, operation {operation}");
        }
    }

    [Fact]
    public async Task What_two_threads_have_recovered_survives_power_loss()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var (killed, run) = await KilledAsync(seed, killedAt: 150);
            using var scheduler = new ThreadScheduler();
            await using var hardening = new WalHardening(killed, scheduler, stepBytes: 64);
            using var recovery = new WalRecovery(
                killed, WalFolder.Directory, durableVersion: 0, isReadOnly: false, hardening: hardening);
            var shown = 0L;
            while (recovery.TryNext(out var version, out _))
                shown = version;
            await recovery.FinishAsync();
            Assert.True(shown >= run.Acknowledged, $"seed {seed}");

            var lost = killed.AfterRestart(CrashKind.PowerFailureLosesUnsynced);
            var (records, _) = await new WalFolder(lost).RecoverAsync();
            Assert.True(records[^1].Version == shown, $"seed {seed}: {shown} was shown, {records[^1].Version} is left");
        }
    }

    [Fact]
    public async Task A_log_that_its_records_prove_durable_is_not_written_again()
    {
        var disk = new CrashableFileSystem();
        var wal = await new WalFolder(disk).OpenAsync();
        for (var version = 1; version <= 100; version++)
        {
            await WalFolder.AppendAsync(wal, version, WalFolder.TextOf(version, 200));
            wal.Flush();
            await wal.SyncAsync();
        }
        var restarted = disk.AfterRestart(CrashKind.ProcessKilled);
        var segments = new WalFolder(restarted).Segments.Count();
        var (records, end) = await new WalFolder(restarted).RecoverAsync();
        Assert.Equal(100, records.Count);
        // Of the last record nobody knew that it was synced: a write and a sync. Segments behind it are deleted.
        Assert.InRange(restarted.OperationCount, 2, 2 + segments - end.Segments.Count + 1);
    }

    [Fact]
    public async Task A_failure_in_the_background_is_told_when_recovery_finishes()
    {
        var (killed, _) = await KilledAsync(seed: 1, killedAt: 150);
        var faulty = new FaultyFileSystem(killed);
        faulty.FailWhen(operation => operation.Kind == DiskOperationKind.Write, once: true);
        var folder = new WalFolder(faulty);
        await using (var hardening = folder.NewHardening())
        {
            using var recovery = new WalRecovery(
                faulty, WalFolder.Directory, durableVersion: 0, isReadOnly: false, hardening: hardening);
            while (recovery.TryNext(out _, out _))
                folder.Scheduler.RunUntilIdle();
            Assert.Equal(1, faulty.FaultCount);
            var error = await Assert.ThrowsAsync<FerrisException>(() => recovery.FinishAsync().AsTask());
            Assert.Equal(ErrorCode.IoError, error.Code);
        }
        var operations = faulty.OperationCount;
        folder.Scheduler.RunUntilIdle();
        Assert.Equal(operations, faulty.OperationCount);
    }

    [Fact]
    public async Task Recovery_waits_for_a_sync_that_is_under_way()
    {
        var (killed, run) = await KilledAsync(seed: 1, killedAt: 150);
        var disk = new PausableDisk(killed) { IsPaused = true };
        var folder = new WalFolder(disk);
        await using var hardening = folder.NewHardening();
        using var recovery = new WalRecovery(
            disk, WalFolder.Directory, durableVersion: 0, isReadOnly: false, hardening: hardening);
        var shown = 0L;
        while (recovery.TryNext(out var version, out _))
        {
            shown = version;
            folder.Scheduler.RunUntilIdle();
        }
        folder.Scheduler.RunUntilIdle();
        Assert.True(shown >= run.Acknowledged);
        Assert.Equal(1, disk.PendingSyncs);

        var finishing = recovery.FinishAsync().AsTask();
        Assert.False(finishing.IsCompleted);
        disk.IsPaused = false;
        disk.CompleteSync();
        Assert.Equal(shown, (await finishing).LastVersion);
        folder.Scheduler.RunUntilIdle();
        Assert.True(folder.Scheduler.IsIdle);
    }

    [Fact]
    public async Task A_recovery_that_is_given_up_waits_for_the_step_under_way_and_writes_no_more()
    {
        var (killed, _) = await KilledAsync(seed: 1, killedAt: 150);
        var disk = new PausableDisk(killed) { IsPaused = true };
        var folder = new WalFolder(disk);
        var hardening = folder.NewHardening();
        using (var recovery = new WalRecovery(
            disk, WalFolder.Directory, durableVersion: 0, isReadOnly: false, hardening: hardening))
        {
            while (disk.PendingSyncs == 0 && recovery.TryNext(out _, out _))
                folder.Scheduler.RunUntilIdle();
        }
        var disposal = hardening.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        disk.CompleteSync();
        await disposal;
        var operations = killed.OperationCount;
        folder.Scheduler.RunUntilIdle();
        Assert.Equal(operations, killed.OperationCount);
    }

    // Commits that need only survive a kill, and a kill. What they left is in the page cache, most of it.
    private static async Task<(CrashableFileSystem Disk, CrashRun Run)> KilledAsync(int seed, int killedAt)
    {
        var disk = new CrashableFileSystem(seed);
        disk.CreateDirectory(WalFolder.Directory);
        disk.PowerFailsAt = disk.OperationCount + killedAt;
        var run = new CrashRun(Durability.Process) { ReleasesLog = false };
        await run.GoAsync(disk, commits: 200);
        Assert.True(disk.PowerFailed);
        return (disk.AfterRestart(CrashKind.ProcessKilled), run);
    }

    private static void Run(ManualScheduler scheduler, int steps)
    {
        while (steps-- > 0 && scheduler.RunOneStep())
        {
        }
    }
}
