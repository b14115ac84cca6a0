using FerrisDB.Storage;

namespace FerrisDB.Tests.Compaction;

// What the picker's choices cost with the default sizes (MemTables of 64 MiB): docs/design/0004-compaction.md has these
// numbers. No clock is involved, so they are the same everywhere, and a change of the picker that costs more fails
// here.
public sealed class CompactionCostTests
{
    private const int MemTableEntries = (64 << 20) / CompactionCost.EntryBytes;

    [Fact]
    public void Loading_keys_in_order_writes_each_byte_once()
    {
        var cost = new CompactionCost(new StorageOptions());

        for (var flush = 0; flush < 100; flush++)
            cost.Flush(Enumerable.Range(flush * MemTableEntries, MemTableEntries));

        Assert.Equal(1, cost.WriteAmplification);
    }

    [Fact]
    public void Loading_keys_in_order_writes_each_byte_twice_if_the_bottom_is_compressed_differently()
    {
        var cost = new CompactionCost(new StorageOptions { CompressionPerLevel = [Compression.None, Compression.Lz4] });


        for (var flush = 0; flush < 100; flush++)
            cost.Flush(Enumerable.Range(flush * MemTableEntries, MemTableEntries));

        Assert.InRange(cost.WriteAmplification, 1.9, 2.1);
    }

    [Theory]
    [InlineData(1, 100, 4.2, 1.5)]
    [InlineData(4, 200, 7.4, 1.25)]
    public void Overwriting_random_keys_costs_a_bounded_number_of_writes_and_bytes(
        int gigabytes, int flushes, double writesMax, double spaceMax)
    {
        var cost = new CompactionCost(new StorageOptions());
        var keyCount = gigabytes << 15;
        var random = new Random(1);

        for (var flush = 0; flush < flushes; flush++)
            cost.Flush(Enumerable.Range(0, MemTableEntries).Select(_ => random.Next(keyCount)));

        Assert.InRange(cost.WriteAmplification, 1, writesMax);
        Assert.InRange(cost.SpaceAmplification, 1, spaceMax);
    }
}
