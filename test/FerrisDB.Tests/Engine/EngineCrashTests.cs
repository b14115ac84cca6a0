using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Engine;

// Pull the plug at every disk operation of a workload in turn: writes, flushes, compactions, reopenings. Whatever the
// disk kept, the next open must find a prefix of the commits that contains every acknowledged one, and must go on
// working.
public sealed class EngineCrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CrashKind.PowerFailure, Durability.Sync)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced, Durability.Sync)]
    [InlineData(CrashKind.PowerFailureKeepsUnsynced, Durability.Sync)]
    [InlineData(CrashKind.PowerFailure, Durability.Process)]
    [InlineData(CrashKind.ProcessKilled, Durability.Process)]
    [InlineData(CrashKind.ProcessKilled, Durability.Sync)]
    [InlineData(CrashKind.ProcessKilled, Durability.None)]
    internal void Acknowledged_commits_survive_a_crash_at_any_disk_operation(CrashKind kind, Durability durability)
    {
        var crashed = true;
        for (var operation = 0L; crashed; operation += 1 + (operation / 60))
        {
            var run = new EngineCrashRun(seed: (int)operation + 1, durability);
            try
            {
                crashed = run.PlayUntilPowerFails(operation);
                run.CheckAfter(kind);
            }
            catch (Exception)
            {
                output.WriteLine($"{kind}, {durability}: {run.Disk.OperationLog}");
                throw;
            }
        }
    }

    // Recovery writes too: it makes durable what it has read, tells the manifest, deletes what it has discarded.
    [Theory]
    [InlineData(CrashKind.PowerFailure, Durability.Sync)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced, Durability.Process)]
    [InlineData(CrashKind.PowerFailure, Durability.Process)]
    [InlineData(CrashKind.ProcessKilled, Durability.None)]
    internal void Crashes_during_recovery_lose_nothing_either(CrashKind kind, Durability durability)
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            var run = new EngineCrashRun(seed, durability);
            try
            {
                run.PlayUntilPowerFails(random.Next(150));
                for (var crash = 0; crash < 4; crash++)
                    run.CrashAgain(random.Next(4) == 0 ? CrashKind.ProcessKilled : kind, random.Next(40));
                run.CheckAfter(kind);
            }
            catch (Exception)
            {
                output.WriteLine($"{kind}, {durability}: {run.Disk.OperationLog}");
                throw;
            }
        }
    }

    // The header of a segment is durable when the records of the one before may not be. Then the segment is discarded,
    // and the manifest, which knows it to be the newest, must learn that first.
    [Theory]
    [InlineData(CrashKind.PowerFailureKeepsUnsynced)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced)]
    internal void A_recovery_that_discards_a_segment_may_end_anywhere(CrashKind kind)
    {
        var crashed = true;
        for (var operation = 0L; crashed; operation++)
        {
            var disk = DiskWithLostRecords(out var segments);
            disk.PowerFailsAt = operation;
            var options = FaultRun.Options(disk, new ManualScheduler());
            var failure = Record.Exception(() => StorageEngine.Open("db", options).Dispose());
            crashed = disk.PowerFailed;
            Assert.Equal(crashed, failure is not null);

            disk = disk.AfterRestart(kind);
            StorageEngine.Open("db", FaultRun.Options(disk, new ManualScheduler())).Dispose();
            Assert.InRange(Segments(disk).Count, 1, segments - 1);
        }
    }

    private static CrashableFileSystem DiskWithLostRecords(out int segments)
    {
        var disk = new CrashableFileSystem();
        var scheduler = new ManualScheduler();
        var options = FaultRun.Options(disk, scheduler) with
        {
            Durability = Durability.Process,
            MemTableBytes = 64 << 10,
        };
        var engine = StorageEngine.Open("db", options);
        for (var key = 0; Segments(disk).Count < 3; key++)
            engine.Put([(byte)key], new byte[500]);
        // The headers become durable, and known to the manifest.
        scheduler.RunUntilIdle();
        segments = Segments(disk).Count;
        var restarted = disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced);
        Assert.Throws<PowerFailureException>(engine.Dispose);
        return restarted;
    }

    private static List<string> Segments(CrashableFileSystem disk) =>
        [.. disk.List("db").Where(name => name.EndsWith(".wal", StringComparison.Ordinal))];
}
