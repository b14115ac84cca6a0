using FerrisDB.Storage;

namespace FerrisDB.Tests;

[Collection(SeededBugsAlone.Name)]
public sealed class BlockCacheSeededBugTests
{
    [Fact]
    public void The_stress_test_finds_blocks_that_are_freed_too_early()
    {
        SeededBugs.Active = SeededBug.CacheFreesWithoutEpoch;
        try
        {
            var found = false;
            for (var attempt = 0; attempt < 50 && !found; attempt++)
            {
                using var stress = new BlockCacheStress();
                var seed = attempt * 3;
                stress.Run(
                    () => stress.ReadBlocks(seed, rounds: 5_000),
                    () => stress.ReadBlocks(seed + 1, rounds: 5_000),
                    () => stress.ReadBlocks(seed + 2, rounds: 5_000));
                found = stress.Failure is not null;
                stress.Close();
            }
            Assert.True(found, "a cache that frees too early went unnoticed");
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
