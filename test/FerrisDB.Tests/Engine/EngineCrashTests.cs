using FerrisDB.Storage;
using FerrisDB.Testing;

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
}
