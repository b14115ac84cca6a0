using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

public sealed class MemTableStressTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Writers_and_readers_do_not_disturb_each_other(int seed) =>
        Assert.Null(new MemTableStress(seed, entriesPerWriter: 40_000).Run());
}

[Collection(SeededBugsAlone.Name)]
public sealed class MemTableSeededBugTests
{
    [Fact]
    public void The_stress_finds_links_that_overwrite_those_of_other_writers()
    {
        SeededBugs.Active = SeededBug.SkipListLinksWithoutCas;
        try
        {
            string? damage = null;
            for (var seed = 1; seed <= 200 && damage is null; seed++)
                damage = new MemTableStress(seed, entriesPerWriter: 20_000).Run();
            Assert.NotNull(damage);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
