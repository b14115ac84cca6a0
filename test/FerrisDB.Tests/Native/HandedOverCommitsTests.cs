using FerrisDB.Tests.TestKit;

namespace FerrisDB.Tests.Native;

/// <summary>Commits on threads of the pool, as event loops want them.</summary>
public sealed class HandedOverCommitsTests
{
    [Fact]
    public async Task Whoever_commits_durably_does_not_wait_and_many_commits_all_end()
    {
        await using var database = Database.OpenInMemory(
            new DatabaseOptions(), static cluster => new HandedOverCommits(cluster));
        var transactions = Enumerable.Range(0, 100).Select(_ => database.CreateTransaction()).ToList();
        List<Task> commits = [];
        foreach (var (number, transaction) in transactions.Index())
        {
            transaction.Set([(byte)number], [1]);
            commits.Add(transaction.CommitAsync(Durability.Sync).AsTask());
            // The commit has begun, wherever it runs: the transaction cannot be changed any more.
            Assert.True(transaction.GetAsync([0]).IsFaulted);
        }
        await Task.WhenAll(commits.Select(async commit => await Record.ExceptionAsync(() => commit)));

        Assert.All(commits, commit => Assert.True(commit.IsCompleted));
        transactions.ForEach(transaction => transaction.Dispose());
    }

    [Fact]
    public async Task A_conflict_is_told_as_ever()
    {
        await using var database = Database.OpenInMemory(
            new DatabaseOptions(), static cluster => new HandedOverCommits(cluster));
        using var transaction = database.CreateTransaction();
        await transaction.GetAsync("k"u8);
        await database.RunAsync(other =>
        {
            other.Set("k"u8, "1"u8);
            return ValueTask.CompletedTask;
        });
        transaction.Set("k"u8, "2"u8);

        var refused = await Assert.ThrowsAsync<FerrisException>(
            () => transaction.CommitAsync(Durability.Sync).AsTask());

        Assert.Equal(ErrorCode.NotCommitted, refused.Code);
    }

    // A member of the interface that has a body of its own is easily forgotten, and nobody notices but in speed.
    [Fact]
    public void Everything_that_a_cluster_is_asked_is_passed_on()
    {
        var members = typeof(HandedOverCommits).GetInterfaceMap(typeof(ICluster));

        Assert.All(members.TargetMethods, method => Assert.Equal(typeof(HandedOverCommits), method.DeclaringType));
    }
}
