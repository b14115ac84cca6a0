using FerrisDB.Layers;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Layers;

// Random calls in random transactions, some of them given up, against a tree of objects: the same results, the same
// tree, and no two directories whose contents would mix. FERRIS_SEEDS=100 tries more, FERRIS_SEED=17 that one.
public sealed class DirectoryModelTests
{
    private const int Steps = 150;

    public static TheoryData<int> Seed => [.. Seeds.ToTry(standard: 4)];

    [Theory]
    [MemberData(nameof(Seed))]
    public async Task The_directory_layer_does_what_a_tree_of_objects_does(int seed)
    {
        using var run = new DirectoryModelRun(seed);
        for (var step = 0; step < Steps; step++)
        {
            var problem = await run.StepAsync() ?? await run.CheckAsync();
            Assert.True(
                problem is null,
                $"FERRIS_SEED={seed}, step {step}: {problem}; {string.Join("; ", run.Calls.TakeLast(5))}");
        }
    }

    [Fact]
    public async Task The_check_finds_a_row_that_is_lost()
    {
        using var run = new DirectoryModelRun(seed: 1);
        for (var step = 0; step < Steps; step++)
            await run.StepAsync();
        Assert.Null(await run.CheckAsync());
        var names = Subspace.FromPrefix([0xfe])[new byte[] { 0xfe }][0].Range();
        var row = (await run.Database.ReadAsync(reader => reader.GetRangeAsync(names)))[0];

        await run.Database.RunAsync(transaction => transaction.Clear(row.Key.Span));

        Assert.NotNull(await run.CheckAsync());
    }
}
