using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

public sealed class GroupCommitStressTests
{
    [Theory]
    [InlineData(Durability.Sync, 2)]
    [InlineData(Durability.Sync, 9)]
    [InlineData(Durability.Process, 2)]
    [InlineData(Durability.Process, 9)]
    [InlineData(Durability.None, 4)]
    public async Task Commits_of_many_writers_are_all_there_in_order(Durability durability, int writers)
    {
        var faults = await new GroupCommitStress(seed: 1, writers, commitsPerWriter: 12_000 / writers)
            .RunAsync(durability);
        Assert.Empty(faults);
    }
}
