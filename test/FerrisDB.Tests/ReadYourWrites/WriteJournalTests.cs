using FerrisDB.TestKit;

namespace FerrisDB.Tests;

public sealed class WriteJournalTests
{
    [Fact]
    public void A_journal_commits_and_answers_as_the_map_of_the_same_writes()
    {
        foreach (var seed in Seeds.ToTry(standard: 20))
            Assert.Null(new WriteJournalRun(seed).FirstDifference(lives: 300));
    }
}
