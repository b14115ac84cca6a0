using FerrisDB.Storage;
using FerrisDB.TestKit;
using Xunit.Sdk;

namespace FerrisDB.Tests.Backup;

// The tests of backups must find these bugs, or their silence means nothing.
[Collection(SeededBugsAlone.Name)]
public sealed class BackupSeededBugTests
{
    [Theory]
    [InlineData(nameof(SeededBug.BackupSkipsSync))]
    [InlineData(nameof(SeededBug.RestoreSkipsSync))]
    public void A_power_failure_finds_files_that_were_not_synced(string bug) => AssertFound(bug, () =>
    {
        const CrashKind Kind = CrashKind.PowerFailureLosesUnsynced;
        for (var step = 0; BackupCrashRun.Create(Kind, step, isEncrypted: false); step++)
        {
        }
        for (var step = 0; BackupCrashRun.Restore(Kind, step); step++)
        {
        }
    });

    [Fact]
    public void The_model_finds_a_restore_that_ignores_the_version() => AssertFound(
        nameof(SeededBug.RestoreIgnoresTheVersion),
        () => new BackupTests().Every_version_that_a_row_of_backups_covers_is_restored_as_it_was(false, false));

    [Fact]
    public void Restoring_what_was_kept_finds_a_pruning_that_removes_too_much() => AssertFound(
        nameof(SeededBug.PruneForgetsWhatIsShared), () => BackupPruneTests.Try(seeds: Enumerable.Range(1, 3)));

    [Fact]
    public void The_history_of_clients_finds_a_backup_that_forgets_the_log() => AssertFound(
        nameof(SeededBug.BackupForgetsTheLog),
        () => RemoteBackupTests.BackUpUnderLoadAsync(seed: 1, isEncrypted: false).GetAwaiter().GetResult());

    [Fact]
    public void A_missing_version_between_backups_finds_a_log_that_was_not_held() => AssertFound(
        nameof(SeededBug.ArchiveLetsTheLogGo),
        () =>
        {
            // A flush must come between two steps for the bug to matter, and nobody decides when it does.
            for (var seed = 1; seed <= 10; seed++)
                ArchiveTests.ArchiveUnderLoadAsync(seed, isRemote: false, isEncrypted: false).GetAwaiter().GetResult();
        });

    private static void AssertFound(string bug, Action check)
    {
        SeededBugs.Active = Enum.Parse<SeededBug>(bug);
        try
        {
            var found = Assert.ThrowsAny<Exception>(check);
            Assert.True(found is XunitException or FerrisException, found.ToString());
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
