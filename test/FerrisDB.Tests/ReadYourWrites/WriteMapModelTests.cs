using FerrisDB.TestKit;

namespace FerrisDB.Tests;

public sealed class WriteMapModelTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_map_says_what_the_calls_say_one_by_one(bool hasVersionstampedKeys)
    {
        foreach (var seed in Seeds.ToTry(150))
            Assert.Null(Difference(seed, WriteMapScenario.NewMap(), hasVersionstampedKeys));
    }

    [Fact]
    public void A_map_that_is_used_again_knows_nothing_of_what_was_before()
    {
        var map = WriteMapScenario.NewMap();
        foreach (var seed in Seeds.ToTry(40))
            Assert.Null(Difference(seed, map, hasVersionstampedKeys: seed % 2 == 0));
    }

    internal static string? Difference(int seed, WriteMap map, bool hasVersionstampedKeys) =>
        new WriteMapScenario(seed, map, hasVersionstampedKeys).Run(writes: 24) is { } difference
            ? $"FERRIS_SEED={seed}: {difference}"
            : null;
}
