using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

[Collection(SeededBugsAlone.Name)]
public sealed class GroupCommitSeededBugTests
{
    [Fact]
    public async Task The_stress_finds_a_group_commit_that_publishes_out_of_order()
    {
        SeededBugs.Active = SeededBug.CommitPublishesOutOfOrder;
        try
        {
            var faults = new List<string>();
            for (var seed = 0; seed < 50 && faults.Count == 0; seed++)
                faults = await new GroupCommitStress(seed, writers: 6, commitsPerWriter: 2000)
                    .RunAsync(Durability.Sync);
            Assert.NotEmpty(faults);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }
}
