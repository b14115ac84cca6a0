using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

// A checker that has never failed proves nothing.
[Collection(SeededBugsAlone.Name)]
public sealed class MemTableLoadSeededBugTests
{
    [Fact]
    public void The_test_of_loading_finds_a_run_that_is_dropped_when_it_is_full()
    {
        SeededBugs.Active = SeededBug.MemTableDropsFullRuns;
        try
        {
            var error = Record.Exception(() => new MemTableLoadTests()
                .Loaded_batches_and_applied_ones_make_the_same_content(seed: 2, MemTableStructure.BTree, 0, 7));
            Assert.NotNull(error);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
