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

    private static async Task WithBugAsync(Func<Task> test)
    {
        SeededBugs.Active = SeededBug.RetriedCommitsAreNotRecognized;
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
