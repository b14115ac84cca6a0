using FerrisDB.TestKit;
using FerrisDB.Tests.Network;
using FerrisDB.Tests.Server;
using FerrisDB.Transactions;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Tenants;

/// <summary>Tenants of a database on a server, and what a token lets its holder see of them.</summary>
[Collection(SeededBugsAlone.Name)]
public sealed class TenantServerTests
{
    private static readonly byte[] MapPrefix = [0xff, 0xff, .. "/management/tenant/map/"u8];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_on_a_server_is_as_one_in_process()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        await client.SetTenantModeAsync(TenantMode.Required, Cancellation);
        await client.CreateTenantAsync("t"u8, Cancellation);
        var tenant = client.OpenTenant("t"u8);
        await tenant.RunAsync(inside => inside.Set("k"u8, "v"u8), Cancellation);
        var watch = await tenant.RunAsync(inside => ValueTask.FromResult(inside.WatchAsync("k"u8)), Cancellation);

        Assert.Equal("v", TextOrNull(await tenant.ReadAsync(inside => inside.GetAsync("k"u8), Cancellation)));
        Assert.Equal(2130, await CodeAsync(client.RunAsync(outside => outside.Set("k"u8, []), Cancellation)));
        Assert.Equal(2133, await CodeAsync(client.DeleteTenantAsync("t"u8, Cancellation)));
        await tenant.RunAsync(inside => inside.ClearRange([], [0xff]), Cancellation);
        await watch.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        using var slow = tenant.CreateTransaction();
        slow.Set("k"u8, "late"u8);
        await client.DeleteTenantAsync("t"u8, Cancellation);
        Assert.Equal(2131, await CodeAsync(slow.CommitAsync()));
        Assert.Equal(2131, await CodeAsync(tenant.ReadAsync(inside => inside.GetAsync("k"u8), Cancellation).AsTask()));
        Assert.Equal(2131, await CodeAsync(ReadPageAsync(tenant)));
    }

    // Python's list of tenants is read by a transaction that commits before anybody has looked at a row.
    [Fact]
    public async Task A_transaction_may_commit_before_what_it_asks_of_the_server_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        await client.SetTenantModeAsync(TenantMode.Optional, Cancellation);
        await client.CreateTenantAsync("t"u8, Cancellation);
        using var transaction = client.CreateTransaction();
        var first = transaction.GetAsync("k"u8).AsTask();
        var tenants = transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(MapPrefix), KeySelector.FirstGreaterOrEqual((byte[])[.. MapPrefix, 0xff]))
            .AsTask();
        var tenant = transaction.GetAsync([.. MapPrefix, .. "t"u8]).AsTask();
        var status = transaction.GetAsync([0xff, 0xff, .. "/status/json"u8]).AsTask();

        await transaction.CommitAsync();

        Assert.Null(await first);
        Assert.Single(await tenants);
        Assert.NotNull(await tenant);
        Assert.NotNull(await status);
    }

    [Fact]
    public async Task A_token_for_a_tenants_prefix_finds_this_tenant_and_learns_of_no_other()
    {
        var (scene, tokens) = await TokenScene.StartAsync(("read-write", "\0\0\0\0\0\0\0\0"), ("admin", ""));
        await using var owned = scene;
        await CreateTwoAsync(scene, tokens[1]);
        await using var client = scene.Connect(tokens[0]);
        var mine = client.OpenTenant("mine"u8);
        await mine.RunAsync(inside => inside.Set("k"u8, "v"u8), Cancellation);

        Assert.Equal("v", TextOrNull(await mine.ReadAsync(inside => inside.GetAsync("k"u8), Cancellation)));
        Assert.Equal(0, await mine.GetIdAsync());
        Assert.Equal(6000, await CodeAsync(client.OpenTenant("other"u8).GetIdAsync().AsTask()));
        Assert.Equal(await MessageAsync(client, "other"), await MessageAsync(client, "there is none"));
        Assert.Equal(6000, await CodeAsync(client.ListTenantsAsync(cancellationToken: Cancellation).AsTask()));
        Assert.Equal(6000, await CodeAsync(client.CreateTenantAsync("more"u8, Cancellation).AsTask()));
        await mine.RunAsync(inside => inside.Clear("k"u8), Cancellation);
        Assert.Equal(6000, await CodeAsync(client.DeleteTenantAsync("mine"u8, Cancellation)));
        using var special = client.CreateTransaction();
        Assert.Equal(6000, await CodeAsync(special.GetAsync([.. MapPrefix, .. "other"u8]).AsTask()));
    }

    [Theory]
    [InlineData("read-only", true, false)]
    [InlineData("read-write", true, true)]
    public async Task A_token_for_all_keys_opens_all_tenants(string role, bool reads, bool writes)
    {
        var (scene, tokens) = await TokenScene.StartAsync((role, ""), ("admin", ""));
        await using var owned = scene;
        await CreateTwoAsync(scene, tokens[1]);
        await using var client = scene.Connect(tokens[0]);
        var tenant = client.OpenTenant("other"u8);

        Assert.Equal(reads ? null : 6000, await CodeAsync(ReadPageAsync(tenant)));
        Assert.Equal(
            writes ? null : 6000, await CodeAsync(tenant.RunAsync(inside => inside.Set("k"u8, []), Cancellation)));
        Assert.Equal(2131, await CodeAsync(ReadPageAsync(client.OpenTenant("none"u8))));
        Assert.Equal(6000, await CodeAsync(client.CreateTenantAsync("more"u8, Cancellation).AsTask()));
    }

    [Theory]
    [InlineData("", 1, true)]
    [InlineData("\0\0\0\0\0\0\0\u0001", 1, true)]
    [InlineData("\0\0\0\0\0\0\0\u0001users", 1, true)]
    [InlineData("\0\0\0\0\0\0\0", 1, true)]
    [InlineData("\0\0\0\0\0\0\0\u0001", 2, false)]
    [InlineData("\0\0\0\0\0\0\0\u0001users", 2, false)]
    [InlineData("users", 1, false)]
    public void A_grant_includes_a_tenant_if_it_has_keys_of_it(string prefix, long id, bool includes)
    {
        var grant = new AccessGrant("x", AccessRole.ReadOnly, Bytes(prefix));

        var tenant = Record.Exception(() => grant.CheckTenant(id));
        var entry = Record.Exception(() => grant.CheckRead(TenantKeys.Entry(id)));

        Assert.Equal(includes, tenant is null);
        Assert.Equal(includes, entry is null);
        Assert.Throws<FerrisException>(() => grant.CheckWritten(TenantKeys.Entry(id)));
    }

    [Fact]
    public async Task A_token_that_finds_what_is_none_of_its_business_is_noticed()
    {
        SeededBugs.Active = SeededBug.TenantsOfOthersAreFound;
        try
        {
            await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(
                A_token_for_a_tenants_prefix_finds_this_tenant_and_learns_of_no_other);
        }
        finally
        {
            SeededBugs.Active = SeededBug.None;
        }
    }

    private static async Task CreateTwoAsync(TokenScene scene, string token)
    {
        await using var admin = scene.Connect(token);
        await admin.SetTenantModeAsync(TenantMode.Optional, Cancellation);
        await admin.CreateTenantAsync("mine"u8, Cancellation);
        await admin.CreateTenantAsync("other"u8, Cancellation);
    }

    private static async Task<string> MessageAsync(Database client, string name) =>
        (await Assert.ThrowsAsync<FerrisException>(async () => await client.OpenTenant(Bytes(name)).GetIdAsync()))
            .Message;

    private static async Task ReadPageAsync(Tenant tenant)
    {
        using var transaction = tenant.CreateTransaction();
        await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual("a"u8.ToArray()), KeySelector.FirstGreaterOrEqual("z"u8.ToArray()));
    }
}
