using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

// A checker that has never failed proves nothing: each of these bugs must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class RemoteSeededBugTests
{
    [Fact]
    public Task A_retried_commit_that_is_not_recognized_is_counted_twice() => WithBugAsync(async () =>
        Assert.NotEqual(RemoteFailureTests.Increments, await RemoteFailureTests.CountWithCutsAsync()));

    [Fact]
    public Task The_checker_of_histories_finds_a_retried_commit_that_is_not_recognized() => WithBugAsync(() =>
        Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(RemoteHistoryTests.PlayAndCheckAsync));

    [Fact]
    public Task The_checker_finds_it_over_bad_links_too() => WithBugAsync(() =>
        Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () =>
        {
            // Whether a cut meets the answer of a commit that is then committed again is chance.
            for (var seed = 1; seed <= 5; seed++)
                await LossyLinkTests.PlayAndCheckAsync(seed);
        }));

    [Fact]
    public Task A_commit_that_is_taken_for_another_one_of_its_slot_is_lost() => WithBugAsync(
        async () => Assert.Equal(1, await IdempotencyTests.AddTwiceInOneSlotAsync()),
        SeededBug.CommitsAreTakenForOthersOfTheirSlot);

    [Fact]
    public Task A_stream_that_follows_the_newest_version_is_found() => WithBugAsync(
        () => Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(
            () => RangeReaderTests.ReadAmongWritesAsync(isRemote: true, reverse: false)),
        SeededBug.StreamsFollowTheNewestVersion);

    [Fact]
    public Task A_version_that_is_missing_in_backups_finds_a_log_that_was_not_kept() => WithBugAsync(
        () => Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(Backup.FollowerCutTests.CutAtEachFrameAsync),
        SeededBug.LogOfTheAwayIsLetGo);

    [Fact]
    public Task An_import_that_stays_counted_is_found() => WithBugAsync(
        () => Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => LoadFuzzTests.DamageAndCheckAsync([1, 2, 3])),
        SeededBug.EndedLoadsStayCounted);

    private static async Task WithBugAsync(
        Func<Task> test, SeededBug bug = SeededBug.RetriedCommitsAreNotRecognized)
    {
        SeededBugs.Active = bug;
        try
        {
            await test();
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
