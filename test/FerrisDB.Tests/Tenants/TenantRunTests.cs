using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Tenants;

// Invariant: a tenant is a database of its own. Nothing that is done in one place is seen, or conflicts, in another.
[Collection(SeededBugsAlone.Name)]
public sealed class TenantRunTests(ITestOutputHelper output)
{
    private const int Rounds = 1_500;

    [Fact]
    public async Task Two_tenants_and_the_plain_database_are_three_databases()
    {
        foreach (var seed in Seeds.ToTry(standard: 3))
        {
            using var run = new TenantRun(seed);
            await run.PlayAsync(Rounds);
            output.WriteLine($"seed {seed}: {run.Conflicts} conflicts, {run.Deleted} tenants deleted");
            Assert.True(run.Conflicts > Rounds / 50 && run.Deleted > 5, "the run did not come to what it is for");
        }
    }

    [Theory]
    [InlineData(nameof(ClientBug.TenantRangesRunOn))]
    [InlineData(nameof(ClientBug.TenantConflictsHaveNoPrefix))]
    [InlineData(nameof(ClientBug.TenantStampsDoNotMove))]
    public async Task A_missing_prefix_is_found(string bug)
    {
        ClientBugs.Active = Enum.Parse<ClientBug>(bug);
        try
        {
            await AssertFindsItAsync();
        }
        finally
        {
            ClientBugs.Active = ClientBug.None;
        }
    }

    [Fact]
    public async Task A_write_into_a_tenant_that_is_gone_is_found()
    {
        SeededBugs.Active = SeededBug.DeletedTenantsAreWritten;
        try
        {
            await AssertFindsItAsync();
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    private async Task AssertFindsItAsync()
    {
        using var run = new TenantRun(seed: 1);
        var found = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => run.PlayAsync(Rounds));
        output.WriteLine(found.Message);
    }
}
