using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed class BloomFilterTests
{
    private const int KeyCount = 50_000;

    // Bounds are those of a filter whose bits are spread over cache lines, with a margin of a quarter.
    [Theory]
    [InlineData(6, 0.085)]
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
        var filter = Over(memory, 1, probes: 6);
        Assert.False(filter.MayContain(HashOf("key", 1)));
        filter.Add(HashOf("key", 1));
        Assert.True(filter.MayContain(HashOf("key", 1)));
        Assert.False(filter.MayContain(HashOf("key", 2)));
    }

    private static unsafe BloomFilter Over(NativeBuffer memory, uint lines, int probes) =>
        new(memory.Pointer, lines, probes);

    private static NativeBuffer Build(int bitsPerKey, out BloomFilter filter)
    {
        var lines = BloomFilter.LineCountFor(KeyCount, bitsPerKey);
        var memory = NativeBuffer.Allocate((int)lines * BloomFilter.LineSize);
        memory.Span.Clear();
        filter = Over(memory, lines, BloomFilter.ProbesFor(bitsPerKey));
        for (var index = 0; index < KeyCount; index++)
            filter.Add(HashOf("key", index));
        return memory;
    }

    private static ulong HashOf(string name, int index) =>
        KeyHash.Of(System.Text.Encoding.ASCII.GetBytes($"{name}{index}"));
}
