using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed class BlockCacheStressTests
{
    [Fact]
    public void Readers_see_whole_blocks_while_others_evict_them()
    {
        using var stress = new BlockCacheStress();
        stress.Run(
            () => stress.ReadBlocks(seed: 1, rounds: 20_000),
            () => stress.Get(seed: 2, rounds: 20_000),
            () => stress.Walk(seed: 3, rounds: 1_000),
            () => stress.Walk(seed: 4, rounds: 1_000));
        Assert.Null(stress.Failure);
        stress.Close();
    }

    [Fact]
    public void Threads_that_miss_the_same_block_at_once_agree()
    {
        using var stress = new BlockCacheStress();
        for (var round = 0; round < 20; round++)
        {
            // The same seed: they all want the same blocks at the same time.
            var seed = round;
            void Read() => stress.ReadBlocks(seed, rounds: 300);
            stress.Run(Read, Read, Read);
        }
        Assert.Null(stress.Failure);
        stress.Close();
    }
}
