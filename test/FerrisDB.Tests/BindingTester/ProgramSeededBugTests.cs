using FerrisDB.TestKit;

namespace FerrisDB.Tests.BindingTester;

// A comparison that has never failed proves nothing: each of these bugs must change what some program leaves.
[Collection(SeededBugsAlone.Name)]
public sealed class ProgramSeededBugTests
{
    private const int SeedsMax = 20;
    private const int Operations = 150;

    [Theory]
    [InlineData(nameof(ClientBug.ClearForgetsWhatLiesBehind))]
    [InlineData(nameof(ClientBug.PageConflictsAreNotCut))]
    [InlineData(nameof(ClientBug.OwnOperationsDoNotConflict))]
    public async Task Programs_find_a_bug_of_the_client(string bug)
    {
        foreach (var seed in Seeds.ToTry(SeedsMax))
        {
            var right = await ProgramRun.TranscriptAsync("api", seed, Operations);
            if (await WithBugAsync(bug, seed) != right)
                return;
        }
        Assert.Fail($"No program of {SeedsMax} seeds noticed {bug}.");
    }

    private static async Task<string> WithBugAsync(string bug, int seed)
    {
        ClientBugs.Active = Enum.Parse<ClientBug>(bug);
        try
        {
            return await ProgramRun.TranscriptAsync("api", seed, Operations);
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }
}
