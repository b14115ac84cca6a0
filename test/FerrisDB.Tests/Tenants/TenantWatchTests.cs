using FerrisDB.Tests.Network;
using FerrisDB.Tests.Server;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Tenants;

/// <summary>Watches of a tenant that is deleted end; those of one that gets another name wait on.</summary>
public sealed class TenantWatchTests
{
    private const int Removed = 2142;

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_fail_when_the_tenant_is_deleted()
    {
        await foreach (var (database, served) in OpenAsync())
        {
            var tenant = await CreateAsync(database, "t");
            var kept = await CreateAsync(database, "u");
            var first = await WatchAsync(tenant, "a");
            var second = await WatchAsync(tenant, "b");
            var other = await WatchAsync(kept, "a");
            await database.DeleteTenantAsync("t"u8, Cancellation);

            Assert.Equal(Removed, await CodeAsync(first.WaitAsync(Long, Cancellation)));
            Assert.Equal(Removed, await CodeAsync(second.WaitAsync(Long, Cancellation)));
            Assert.False(other.IsCompleted);
            await kept.RunAsync(inside => inside.Set("a"u8, "1"u8), Cancellation);
            await other.WaitAsync(Long, Cancellation);
            await AssertNobodyWaitsAsync(served);
        }
    }

    [Fact]
    public async Task They_wait_on_when_the_tenant_gets_another_name()
    {
        await foreach (var (database, served) in OpenAsync())
        {
            var tenant = await CreateAsync(database, "t");
            var changed = await WatchAsync(tenant, "a");
            var deleted = await WatchAsync(tenant, "b");
            await database.RenameTenantAsync("t"u8, "v"u8, Cancellation);
            await database.OpenTenant("v"u8).RunAsync(inside => inside.Set("a"u8, "1"u8), Cancellation);

            await changed.WaitAsync(Long, Cancellation);
            Assert.False(deleted.IsCompleted);
            await tenant.RunAsync(inside => inside.Clear("a"u8), Cancellation);
            await database.DeleteTenantAsync("v"u8, Cancellation);
            Assert.Equal(Removed, await CodeAsync(deleted.WaitAsync(Long, Cancellation)));
            await AssertNobodyWaitsAsync(served);
        }
    }

    [Fact]
    public async Task A_tenant_whose_watches_have_ended_is_not_watched_any_more_until_there_is_another()
    {
        await foreach (var (database, served) in OpenAsync())
        {
            var tenant = await CreateAsync(database, "t");
            for (var round = 0; round < 3; round++)
            {
                using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
                var watch = await WatchAsync(tenant, "a", cancellation.Token);
                await cancellation.CancelAsync();
                Assert.Equal(1101, await CodeAsync(watch.WaitAsync(Long, Cancellation)));
                await AssertNobodyWaitsAsync(served);
            }
            var last = await WatchAsync(tenant, "a");
            await database.DeleteTenantAsync("t"u8, Cancellation);
            Assert.Equal(Removed, await CodeAsync(last.WaitAsync(Long, Cancellation)));
        }
    }

    [Fact]
    public async Task Who_has_a_token_for_a_tenants_keys_learns_of_its_end_too()
    {
        var (scene, tokens) = await TokenScene.StartAsync(("read-only", "\0\0\0\0\0\0\0\0"), ("admin", ""));
        await using var owned = scene;
        await using var admin = scene.Connect(tokens[1]);
        await CreateAsync(admin, "t");
        await using var client = scene.Connect(tokens[0]);
        var watch = await WatchAsync(client.OpenTenant("t"u8), "a");
        await admin.DeleteTenantAsync("t"u8, Cancellation);

        Assert.Equal(Removed, await CodeAsync(watch.WaitAsync(Long, Cancellation)));
    }

    private static async Task<Tenant> CreateAsync(Database database, string name)
    {
        await database.SetTenantModeAsync(TenantMode.Optional, Cancellation);
        await database.CreateTenantAsync(Bytes(name), Cancellation);
        return database.OpenTenant(Bytes(name));
    }

    private static async Task<Task> WatchAsync(Tenant tenant, string key, CancellationToken cancellation = default)
    {
        using var transaction = tenant.CreateTransaction();
        var watch = transaction.WatchAsync(Bytes(key), cancellation);
        await transaction.CommitAsync();
        return watch;
    }

    // A watch is let go a moment after whoever has it is told.
    private static async Task AssertNobodyWaitsAsync(Database served)
    {
        var watches = served.Embedded.Roles.Storage.Watches;
        for (var left = 1_000_000; watches.Count > 0; left--)
        {
            Assert.True(left > 0, $"{watches.Count} watches wait still.");
            await Task.Yield();
        }
    }

    private static async IAsyncEnumerable<(Database Client, Database Served)> OpenAsync()
    {
        await using (var embedded = Database.OpenInMemory())
            yield return (embedded, embedded);
        await using var server = await TestServer.StartAsync();
        await using var remote = server.Connect();
        yield return (remote, server.Database);
    }
}
