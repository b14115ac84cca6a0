namespace FerrisDB.Tests;

[Collection(SeededBugsAlone.Name)]
public sealed class WriteJournalSeededBugTests
{
    [Fact]
    public void The_map_of_the_same_writes_finds_clears_that_are_forgotten()
    {
        ClientBugs.Active = ClientBug.ReplayForgetsClears;
        try
        {
            Assert.NotNull(new WriteJournalRun(seed: 1).FirstDifference(lives: 300));
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }
}
