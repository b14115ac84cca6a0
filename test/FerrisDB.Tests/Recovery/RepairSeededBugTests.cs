using FerrisDB.Storage;

namespace FerrisDB.Tests.Recovery;

[Collection(SeededBugsAlone.Name)]
public sealed class RepairSeededBugTests
{
    [Fact]
    public void The_property_finds_a_repair_that_forgets_range_tombstones()
    {
        SeededBugs.Active = SeededBug.RepairForgetsRangeTombstones;
        try
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => RepairPropertyTests.Try(seeds: Enumerable.Range(1, 40)));
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
