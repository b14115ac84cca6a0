using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

[Collection(SeededBugsAlone.Name)]
public sealed class MemoryFileSeededBugTests
{
    [Fact]
    public void The_model_finds_a_small_file_that_loses_what_it_held_when_it_grows()
    {
        SeededBugs.Active = SeededBug.SmallMemoryFileLosesItsBytes;
        try
        {
            Assert.NotNull(MemoryFileRun.FirstDifference());
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
