using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

public sealed class MemTableStressTests
{
    [Theory]
    [InlineData(1, MemTableStructure.BTree, 60_000)]
    [InlineData(2, MemTableStructure.BTree, 60_000)]
    [InlineData(1, MemTableStructure.SkipList, 20_000)]
    [InlineData(2, MemTableStructure.SkipList, 20_000)]
    public void Writers_and_readers_do_not_disturb_each_other(int seed, MemTableStructure structure, int entries) =>
        Assert.Null(new MemTableStress(seed, entries, structure).Run());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Who_passes_from_key_to_key_beside_a_writer_of_versions_misses_none(int seed) =>
        Assert.Null(new MemTableVersionsStress(seed, versions: 40_000).Run());
}

[Collection(SeededBugsAlone.Name)]
public sealed class MemTableSeededBugTests
{
    // The first or second seed finds each of them, also when something else keeps all cores busy.
    private const int SeedsMax = 50;

    [Fact]
    public void The_stress_of_versions_finds_a_mark_that_is_set_too_early() =>
        AssertFound(
            nameof(SeededBug.BTreeMarksBeforeShifting),
            seed => new MemTableVersionsStress(seed, versions: 20_000).Run());

    [Theory]
    [InlineData(nameof(SeededBug.SkipListLinksWithoutCas), MemTableStructure.SkipList)]
    [InlineData(nameof(SeededBug.BTreeShiftsFromTheLeft), MemTableStructure.BTree)]
    [InlineData(nameof(SeededBug.BTreeGivesUpSlotsBeforeLinking), MemTableStructure.BTree)]
    public void The_stress_finds(string bug, MemTableStructure structure) =>
        AssertFound(bug, seed => new MemTableStress(seed, entriesPerWriter: 20_000, structure).Run());

    private static void AssertFound(string bug, Func<int, string?> run)
    {
        SeededBugs.Active = Enum.Parse<SeededBug>(bug);
        try
        {
            string? damage = null;
            for (var seed = 1; seed <= SeedsMax && damage is null; seed++)
                damage = run(seed);
            Assert.True(damage is not null, $"No damage in {SeedsMax} runs: the stress does not find {bug}.");
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
