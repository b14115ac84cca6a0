namespace FerrisDB.Tests.Transactions;

public sealed class RunDurabilityTests
{
    [Fact]
    public async Task A_run_commits_with_the_durability_that_it_is_given()
    {
        var cancellation = TestContext.Current.CancellationToken;
        DelayedCluster? cluster = null;
        using var database = Database.OpenInMemory(
            new DatabaseOptions(), inner => cluster = new DelayedCluster(inner, new Random(1)) { IsPrompt = true });

        await database.RunAsync(Write, Durability.None, cancellation);
        await database.RunAsync(
            transaction =>
            {
                Write(transaction);
                return ValueTask.CompletedTask;
            },
            Durability.Process, cancellation);
        var answer = await database.RunAsync(
            transaction =>
            {
                Write(transaction);
                return ValueTask.FromResult(7);
            },
            Durability.Sync, cancellation);
        await database.RunAsync(Write, cancellation);

        Assert.Equal(7, answer);
        Assert.Equal(
            [Durability.None, Durability.Process, Durability.Sync, database.Options.Storage.Durability],
            cluster!.Durabilities);
    }

    private static void Write(Transaction transaction) => transaction.Set("k"u8, "v"u8);
}
