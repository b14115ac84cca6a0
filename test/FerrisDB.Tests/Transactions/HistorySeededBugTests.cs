using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

// A checker that has never failed proves nothing: each of these bugs must make it fail.
[Collection(SeededBugsAlone.Name)]
public sealed class HistorySeededBugTests
{
    private const int SeedsMax = 20;

    [Theory]
    [InlineData(nameof(SeededBug.ResolverIgnoresTheLastRead))]
    [InlineData(nameof(SeededBug.ConflictSetEndsBeforeTheLastKey))]
    [InlineData(nameof(SeededBug.ReadsAreTooNew))]
    [InlineData(nameof(SeededBug.CommitLosesTheLastMutation))]
    [InlineData(nameof(SeededBug.ReadVersionsAreOld))]
    public void The_checker_finds_a_bug_of_the_roles(string bug) => AssertFinds(Enum.Parse<SeededBug>(bug), true);

    [Fact]
    public void The_checker_finds_a_commit_that_does_not_wait_for_the_disk() =>
        AssertFinds(SeededBug.CommitDoesNotWaitForTheDisk, inMemory: false);

    [Theory]
    [InlineData(nameof(ClientBug.ClearForgetsWhatLiesBehind))]
    [InlineData(nameof(ClientBug.OwnOperationsDoNotConflict))]
    [InlineData(nameof(ClientBug.PageConflictsAreNotCut))]
    [InlineData(nameof(ClientBug.PageConflictsAreCutTooFar))]
    [InlineData(nameof(ClientBug.PageConflictsForgetTheEnd))]
    public void The_checker_finds_a_bug_of_the_client(string bug)
    {
        ClientBugs.Active = Enum.Parse<ClientBug>(bug);
        try
        {
            AssertFails(inMemory: true);
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }

    private static void AssertFinds(SeededBug bug, bool inMemory)
    {
        SeededBugs.Active = bug;
        try
        {
            AssertFails(inMemory);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    // The checker compares; a bug that trips an invariant of the product instead would not show that it does.
    private static void AssertFails(bool inMemory) => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
    {
        for (var seed = 1; seed <= SeedsMax; seed++)
        {
            using var run = new HistoryRun(seed, inMemory);
            run.Play(steps: 2500);
        }
    });
}
