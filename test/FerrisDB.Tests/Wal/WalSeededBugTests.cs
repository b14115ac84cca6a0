using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

// The tests of the log find bugs: each of these is in the line that its name says.
[Collection(SeededBugsAlone.Name)]
public sealed class WalSeededBugTests
{
    [Fact]
    public Task The_kill_test_finds_a_recovery_that_trusts_the_page_cache() =>
        AssertFoundAsync(
            SeededBug.WalRecoveryTrustsThePageCache,
            () => new WalCrashTests().Acknowledged_commits_survive_a_kill_at_any_disk_operation(Durability.Process));

    [Fact]
    public Task The_failed_sync_test_finds_a_recovery_that_trusts_the_page_cache() =>
        AssertFoundAsync(
            SeededBug.WalRecoveryTrustsThePageCache,
            () => new WalCrashTests().A_failed_sync_stops_writes_and_what_is_read_after_it_survives_power_loss());

    [Fact]
    public Task The_failed_sync_test_finds_a_hardening_that_forgets_the_rest_of_a_segment() =>
        AssertFoundAsync(
            SeededBug.WalHardeningForgetsTheRest,
            () => new WalCrashTests().A_failed_sync_stops_writes_and_what_is_read_after_it_survives_power_loss());

    [Fact]
    public Task The_test_of_two_threads_finds_a_recovery_that_trusts_the_page_cache() =>
        AssertFoundAsync(
            SeededBug.WalRecoveryTrustsThePageCache,
            () => new WalHardeningTests().What_two_threads_have_recovered_survives_power_loss());

    [Fact]
    public Task The_power_failure_test_finds_a_sync_of_the_last_segment_alone() =>
        AssertFoundAsync(
            SeededBug.WalSyncsTheLastSegmentAlone,
            () => new WalCrashTests()
                .Acknowledged_commits_survive_power_failure_at_any_disk_operation(Durability.Process));

    [Fact]
    public Task The_test_of_many_crashes_finds_a_header_that_is_not_synced() =>
        AssertFoundAsync(
            SeededBug.WalHeaderIsNotSynced,
            () => new WalCrashTests().A_second_crash_during_or_after_recovery_loses_nothing());

    [Fact]
    public Task The_test_of_lost_headers_finds_a_recovery_that_wants_every_header() =>
        AssertFoundAsync(
            SeededBug.WalRecoveryWantsEveryHeader,
            () => new WalCrashTests().A_log_ends_before_a_segment_whose_header_was_not_promised());

    [Fact]
    public Task The_test_of_releases_finds_a_segment_that_goes_while_the_manifest_knows_it() =>
        AssertFoundAsync(
            SeededBug.WalReleasesWhatTheManifestKnows,
            () => new WalTests().The_segment_that_the_manifest_knows_stays_until_the_next_one_is_confirmed());

    [Fact]
    public Task The_test_of_begun_segments_finds_a_sync_that_does_not_confirm() =>
        AssertFoundAsync(
            SeededBug.WalSyncDoesNotConfirm,
            () => new WalTests().The_manifest_knows_the_segment_of_whatever_was_synced());

    [Fact]
    public Task The_test_of_leftovers_finds_records_without_an_epoch() =>
        AssertFoundAsync(
            SeededBug.WalRecordsHaveNoEpoch,
            () => new WalTests().What_an_earlier_use_left_in_a_segment_never_passes());

    private static async Task AssertFoundAsync(SeededBug bug, Func<Task> test)
    {
        SeededBugs.Active = bug;
        try
        {
            Assert.NotNull(await Record.ExceptionAsync(test));
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
