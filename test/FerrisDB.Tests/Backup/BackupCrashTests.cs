using FerrisDB.TestKit;

namespace FerrisDB.Tests.Backup;

/// <summary>A power failure at every disk operation: what is half done never counts; what counts is whole.</summary>
public sealed class BackupCrashTests
{
    [Theory]
    [InlineData(CrashKind.PowerFailure, false)]
    [InlineData(CrashKind.PowerFailure, true)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced, false)]
    [InlineData(CrashKind.PowerFailureKeepsUnsynced, false)]
    [InlineData(CrashKind.ProcessKilled, false)]
    internal void A_power_failure_leaves_a_whole_backup_or_none(CrashKind kind, bool isEncrypted)
    {
        var step = 0;
        while (BackupCrashRun.Create(kind, step, isEncrypted))
            step++;
        Assert.InRange(step, 20, 1000);
    }

    [Theory]
    [InlineData(CrashKind.PowerFailure)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced)]
    [InlineData(CrashKind.PowerFailureKeepsUnsynced)]
    [InlineData(CrashKind.ProcessKilled)]
    internal void A_power_failure_leaves_a_whole_restored_database_or_none_and_it_goes_on(CrashKind kind)
    {
        var step = 0;
        while (BackupCrashRun.Restore(kind, step))
            step++;
        Assert.InRange(step, 20, 1000);
    }

    [Theory]
    [InlineData(CrashKind.PowerFailure)]
    [InlineData(CrashKind.PowerFailureLosesUnsynced)]
    [InlineData(CrashKind.ProcessKilled)]
    internal void A_power_failure_during_a_pruning_leaves_whole_backups(CrashKind kind)
    {
        var step = 0;
        while (BackupCrashRun.Prune(kind, step))
            step++;
        Assert.InRange(step, 5, 1000);
    }
}
