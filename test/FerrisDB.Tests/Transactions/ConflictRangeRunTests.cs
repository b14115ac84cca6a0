using FerrisDB.TestKit;

namespace FerrisDB.Tests.Transactions;

// Invariant: a transaction conflicts if what it has read would be something else at its commit, and hardly ever if not.
[Collection(SeededBugsAlone.Name)]
public sealed class ConflictRangeRunTests(ITestOutputHelper output)
{
    private const int Rounds = 5_000;

    [Fact]
    public async Task Whoever_would_have_read_something_else_conflicts_and_hardly_anybody_else_does()
    {
        foreach (var seed in Seeds.ToTry(standard: 4))
        {
            using var run = new ConflictRangeRun(seed);
            await run.PlayAsync(Rounds);
            output.WriteLine($"{run.ChangedCount} changed; {run.UnchangedCount} not, {run.NeedlessCount} conflict");
            AssertSharp(run);
        }
    }

    [Theory]
    [InlineData(nameof(ClientBug.OwnOperationsDoNotConflict))]
    [InlineData(nameof(ClientBug.PageConflictsAreCutTooFar))]
    [InlineData(nameof(ClientBug.PageConflictsForgetTheEnd))]
    [InlineData(nameof(ClientBug.PageConflictsAreNotCut))]
    public async Task Reading_again_finds_a_conflict_range_that_is_too_small_or_too_large(string bug)
    {
        ClientBugs.Active = Enum.Parse<ClientBug>(bug);
        try
        {
            await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () =>
            {
                using var run = new ConflictRangeRun(seed: 1);
                await run.PlayAsync(Rounds);
                output.WriteLine($"{run.NeedlessCount} of {run.UnchangedCount}");
                AssertSharp(run);
            });
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }

    private static void AssertSharp(ConflictRangeRun run)
    {
        Assert.True(run.ChangedCount > Rounds / 20, $"{run.ChangedCount} readers were overtaken");
        Assert.True(
            run.NeedlessCount < run.UnchangedCount / 8,
            $"{run.NeedlessCount} of {run.UnchangedCount} conflicted though they would have read the same");
    }
}
