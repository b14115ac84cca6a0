using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

// A checker that has never failed proves nothing.
[Collection(SeededBugsAlone.Name)]
public sealed class HotKeysSeededBugTests
{
    [Fact]
    public void Counters_that_begin_anew_are_found()
    {
        SeededBugs.Active = SeededBug.NewKeysBeginAtOne;
        try
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => HotKeysTests.CheckAgainstExactCounts(seed: 1));
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
