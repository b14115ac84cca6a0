using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed class BloomFilterTests
{
    private const int KeyCount = 50_000;

    // Bounds are those of a filter whose bits are spread over cache lines, with a margin of a quarter.
    [Theory]
    [InlineData(6, 0.11)]
    [InlineData(8, 0.035)]
    [InlineData(10, 0.016)]
    [InlineData(12, 0.0085)]
    [InlineData(16, 0.004)]
    public void Absent_keys_pass_as_rarely_as_the_bits_allow(int bitsPerKey, double rateMax)
    {
        using var memory = Build(bitsPerKey, out var filter);
        var passed = 0;
        for (var index = 0; index < KeyCount; index++)
        {
            Assert.True(filter.MayContain(HashOf("key", index)));
            passed += filter.MayContain(HashOf("absent", index)) ? 1 : 0;
        }
        Assert.InRange((double)passed / KeyCount, 0, rateMax);
    }

    [Fact]
    public void A_filter_may_have_a_single_line()
    {
        Assert.Equal(1u, BloomFilter.LineCountFor(keys: 1, bitsPerKey: 1));
        using var memory = NativeBuffer.Allocate(BloomFilter.LineSize);
        memory.Span.Clear();
        var filter = Over(memory, 1);
        Assert.False(filter.MayContain(HashOf("key", 1)));
        filter.Add(HashOf("key", 1));
        Assert.True(filter.MayContain(HashOf("key", 1)));
        Assert.False(filter.MayContain(HashOf("key", 2)));
    }

    // Both ways to test a line are the same format.
    [Fact]
    public unsafe void Processors_without_vectors_get_the_same_answers()
    {
        var random = new Random(3);
        var line = stackalloc ulong[8];
        var filter = new BloomFilter(line, 1);
        new Span<ulong>(line, 8).Clear();
        for (var round = 0; round < 2000; round++)
        {
            var hash = (ulong)random.NextInt64();
            Assert.Equal(BloomFilter.MayContainWords(line, BloomFilter.Mix(hash)), filter.MayContain(hash));
            if (round % 40 == 0)
                filter.Add(hash);
        }
    }

    private static unsafe BloomFilter Over(NativeBuffer memory, uint lines) => new((ulong*)memory.Pointer, lines);

    private static NativeBuffer Build(int bitsPerKey, out BloomFilter filter)
    {
        var lines = BloomFilter.LineCountFor(KeyCount, bitsPerKey);
        var memory = NativeBuffer.Allocate((int)lines * BloomFilter.LineSize);
        memory.Span.Clear();
        filter = Over(memory, lines);
        for (var index = 0; index < KeyCount; index++)
            filter.Add(HashOf("key", index));
        return memory;
    }

    private static ulong HashOf(string name, int index) =>
        KeyHash.Of(System.Text.Encoding.ASCII.GetBytes($"{name}{index}"));
}
