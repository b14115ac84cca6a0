using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed unsafe class PrefixTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4113)]
    [InlineData(70_000)]
    public void It_counts_as_a_walk_over_the_prefixes_does(int count)
    {
        var random = new Random(count);
        var sorted = Enumerable.Range(0, count).Select(index => Prefix(random, index)).Order().ToArray();
        using var memory = NativeBuffer.Allocate(PrefixTree.TotalCount(count) * sizeof(long));
        memory.Span.Fill(0x11);
        for (var index = 0; index < count; index++)
            ((long*)memory.Pointer)[index] = PrefixTree.Stored(sorted[index]);
        var tree = new PrefixTree((long*)memory.Pointer, count);

        for (var step = 0; step < 2000; step++)
        {
            var wanted = random.Next(2) == 0 ? sorted[random.Next(count)] : Prefix(random, step);
            var below = sorted.Count(prefix => prefix < wanted);
            Assert.Equal(below, tree.CountBelow(wanted));
            Assert.Equal(below < count && sorted[below] == wanted, tree.IsAt(below, wanted));
        }
    }

    private static ulong Prefix(Random random, int index) => random.Next(20) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        < 6 => (ulong)index,
        < 10 => 0x8000000000000000 + (ulong)random.Next(100),
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
    };
}
