using FerrisDB.Storage;
using Xunit.Sdk;

namespace FerrisDB.Tests.Compaction;

[Collection(SeededBugsAlone.Name)]
public sealed class CompactionSeededBugTests
{
    // Wrong reads, or tables of one level that overlap: either way the model of a tree must notice.
    [Fact]
    public void Random_trees_find_a_picker_that_lets_compactions_cross()
    {
        var isFound = false;
        SeededBugs.Active = SeededBug.CompactionsCross;
        try
        {
            for (var seed = 0; seed < 20 && !isFound; seed++)
                CompactionPickerTests.AssertReadsStayRight(seed);
        }
        catch (Exception found) when (found is XunitException or InvariantException)
        {
            isFound = true;
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
        Assert.True(isFound);
    }
}
