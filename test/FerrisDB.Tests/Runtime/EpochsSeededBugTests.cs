using FerrisDB.Storage;

namespace FerrisDB.Tests.Runtime;

[Collection(SeededBugsAlone.Name)]
public sealed class EpochsSeededBugTests
{
    [Fact]
    public void The_stress_finds_epochs_that_ignore_readers() =>
        Assert.NotEqual(0, DamageWith(SeededBug.EpochIgnoresReaders));

    [Fact]
    public void The_stress_finds_epochs_that_reclaim_without_a_barrier() =>
        Assert.NotEqual(0, DamageWith(SeededBug.EpochReclaimsWithoutBarrier));

    private static long DamageWith(SeededBug bug)
    {
        SeededBugs.Active = bug;
        try
        {
            return new EpochStress().Run(rounds: 50_000_000);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
