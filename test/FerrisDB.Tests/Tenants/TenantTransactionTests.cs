using FerrisDB.Tests.Transactions;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Tenants;

/// <summary>What a transaction of a tenant may do, and how it differs from others.</summary>
public sealed class TenantTransactionTests
{
    private static readonly byte[] Special = [0xff, 0xff, (byte)'/'];

    [Theory]
    [InlineData("set \xff/x", 2004)]
    [InlineData("get \xff/x", 2004)]
    [InlineData("get \xff/metadataVersion", null)]
    [InlineData("clearrange - \xff", null)]
    [InlineData("clearrange - \xff\xff", 2004)]
    [InlineData("key \xff\xff < 1", 2004)]
    [InlineData("estimate a z", null)]
    [InlineData("split a z", null)]
    public async Task Keys_are_those_of_users(string call, int? expected)
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Tenant.CreateTransaction();

        var code = await CodeAsync(ContractCalls.RunAsync(transaction, call))
            ?? await CodeAsync(transaction.CommitAsync());

        Assert.Equal(expected, code);
    }

    [Theory]
    [InlineData(TransactionOption.AccessSystemKeys, 2007)]
    [InlineData(TransactionOption.ReadSystemKeys, 2007)]
    [InlineData(TransactionOption.RawAccess, 2007)]
    [InlineData(TransactionOption.UseProvisionalProxies, 2007)]
    [InlineData(TransactionOption.SpecialKeySpaceEnableWrites, null)]
    [InlineData(TransactionOption.ReportConflictingKeys, null)]
    public async Task Options_that_lead_out_of_the_tenant_are_refused(TransactionOption option, int? expected)
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Tenant.CreateTransaction();
        transaction.SetOption(option);

        Assert.Equal(expected, await CodeAsync(transaction.CommitAsync()));
    }

    [Theory]
    [InlineData("status/json", null)]
    [InlineData("connection_string", null)]
    [InlineData("cluster_file_path", null)]
    [InlineData("transaction/read_conflict_range/a", null)]
    [InlineData("transaction/write_conflict_range/a", null)]
    [InlineData("transaction/conflicting_keys/a", null)]
    [InlineData("tracing/token", 2138)]
    [InlineData("error_message", 2138)]
    [InlineData("management/tenant/map/t", 2138)]
    [InlineData("management/tenant/rename/t", 2138)]
    [InlineData("nothing", 2113)]
    public async Task Special_keys_tell_a_tenant_about_itself_alone(string key, int? expected)
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Tenant.CreateTransaction();

        Assert.Equal(expected, await CodeAsync(transaction.GetAsync([.. Special, .. Bytes(key)]).AsTask()));
    }

    [Theory]
    [InlineData("management/tenant/map/t")]
    [InlineData("management/tenant/rename/t")]
    [InlineData("tracing/token")]
    public async Task Special_keys_cannot_be_written_from_within(string key)
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Tenant.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        transaction.Set([.. Special, .. Bytes(key)], "true"u8);

        Assert.Equal(2138, await CodeAsync(transaction.CommitAsync()));
    }

    [Theory]
    [InlineData(10_000, null)]
    [InlineData(10_001, 2102)]
    public async Task A_key_may_be_as_long_as_without_a_prefix(int length, int? expected)
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Tenant.CreateTransaction();
        transaction.Set(new byte[length], "v"u8);

        Assert.Equal(expected, await CodeAsync(transaction.CommitAsync()));
        var value = await scene.Tenant.ReadAsync(inside => inside.GetAsync(new byte[length]), scene.Cancellation);
        Assert.Equal(expected is null ? "v" : null, TextOrNull(value));
    }

    [Theory]
    [InlineData("get k")]
    [InlineData("page a z")]
    [InlineData("key k < 1")]
    [InlineData("estimate a z")]
    [InlineData("split a z")]
    [InlineData("set k v")]
    [InlineData("clearrange - \xff")]
    public async Task Nothing_can_be_done_in_a_tenant_that_does_not_exist(string call)
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Database.OpenTenant("x"u8).CreateTransaction();

        var code = await CodeAsync(ContractCalls.RunAsync(transaction, call))
            ?? await CodeAsync(transaction.CommitAsync());

        Assert.Equal(2131, code);
    }

    [Fact]
    public async Task A_tenant_that_is_created_later_is_found_by_whoever_has_opened_it()
    {
        using var scene = await TenantScene.OpenAsync();
        var tenant = scene.Database.OpenTenant("x"u8);
        Assert.Equal(2131, await CodeAsync(tenant.GetIdAsync().AsTask()));
        await scene.Database.CreateTenantAsync("x"u8, scene.Cancellation);

        await tenant.RunAsync(inside => inside.Set("k"u8, "v"u8), scene.Cancellation);

        Assert.Equal(1, await tenant.GetIdAsync());
    }

    [Fact]
    public async Task A_tenant_that_was_deleted_is_gone_for_reads_too_and_for_good()
    {
        using var scene = await TenantScene.OpenAsync();
        Assert.Equal(0, await scene.Tenant.GetIdAsync());
        using var early = scene.Tenant.CreateTransaction();
        Assert.Null(await early.GetAsync("k"u8));
        await scene.Database.DeleteTenantAsync("t"u8, scene.Cancellation);
        await scene.Database.CreateTenantAsync("t"u8, scene.Cancellation);

        using var late = scene.Tenant.CreateTransaction();

        // At its version it was there.
        Assert.Null(await early.GetAsync("l"u8));
        Assert.Equal(2131, await CodeAsync(late.GetAsync("k"u8).AsTask()));
        Assert.Equal(1, await scene.Database.OpenTenant("t"u8).GetIdAsync());
    }

    [Fact]
    public async Task A_tenant_that_is_renamed_stays_open()
    {
        using var scene = await TenantScene.OpenAsync();
        await scene.Tenant.RunAsync(inside => inside.Set("k"u8, "v"u8), scene.Cancellation);
        await scene.Database.RenameTenantAsync("t"u8, "u"u8, scene.Cancellation);

        foreach (var tenant in new[] { scene.Tenant, scene.Database.OpenTenant("u"u8) })
            Assert.Equal("v", TextOrNull(await tenant.ReadAsync(inside => inside.GetAsync("k"u8), scene.Cancellation)));
    }

    [Fact]
    public async Task Watches_fire_when_the_key_of_the_tenant_changes_and_not_for_others()
    {
        using var scene = await TenantScene.OpenAsync();
        var watch = await scene.Tenant.RunAsync(
            inside => ValueTask.FromResult(inside.WatchAsync("k"u8)), scene.Cancellation);
        await scene.Database.RunAsync(outside => outside.Set("k"u8, "v"u8), scene.Cancellation);
        Assert.False(watch.IsCompleted);

        await scene.Tenant.RunAsync(inside => inside.Set("k"u8, "v"u8), scene.Cancellation);

        await scene.ComesAsync(watch);
    }

    [Fact]
    public async Task Watches_of_a_tenant_end_with_its_database_and_when_nobody_wants_them()
    {
        using var scene = await TenantScene.OpenAsync();
        using var impatience = new CancellationTokenSource();
        var (first, second) = await scene.Tenant.RunAsync(
            inside => ValueTask.FromResult(
                (inside.WatchAsync("k"u8), inside.WatchAsync("k"u8, impatience.Token))),
            scene.Cancellation);

        await impatience.CancelAsync();
        Assert.Equal(1101, await CodeAsync(scene.ComesAsync(second)));
        await scene.Database.DisposeAsync();
        Assert.Equal(1025, await CodeAsync(scene.ComesAsync(first)));
    }

    [Fact]
    public async Task Conflicts_are_told_in_keys_of_the_tenant()
    {
        using var scene = await TenantScene.OpenAsync();
        using var slow = scene.Tenant.CreateTransaction();
        slow.SetOption(TransactionOption.ReportConflictingKeys);
        await slow.GetAsync("k"u8);
        slow.Set("l"u8, []);
        var read = await slow.GetAsync([.. Special, .. "transaction/read_conflict_range/k"u8]);
        await scene.Tenant.RunAsync(inside => inside.Set("k"u8, "v"u8), scene.Cancellation);

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await slow.CommitAsync());

        Assert.Equal("1", TextOrNull(read));
        Assert.Equal("k", Text(Assert.Single(error.ConflictingRanges).Begin));
    }

    [Fact]
    public async Task Split_points_and_sizes_are_of_the_tenant_alone()
    {
        using var scene = await TenantScene.OpenAsync();
        await scene.Database.CreateTenantAsync("u"u8, scene.Cancellation);
        var other = scene.Database.OpenTenant("u"u8);
        for (var index = 0; index < 100; index++)
        {
            byte[] key = [(byte)index];
            await other.RunAsync(inside => inside.Set(key, new byte[10_000]), scene.Cancellation);
        }
        var all = new KeyRange([], [0xff]);
        using var mine = scene.Tenant.CreateTransaction();
        using var theirs = other.CreateTransaction();

        Assert.True(await mine.GetEstimatedRangeSizeBytesAsync(all) < 100_000);
        Assert.True(await theirs.GetEstimatedRangeSizeBytesAsync(all) > 500_000);
        var points = await theirs.GetRangeSplitPointsAsync(all, 100_000);
        Assert.All(points.Skip(1).SkipLast(1), point => Assert.True(point.Length == 1 && point[0] < 100));
        Assert.Equal([all.Begin, all.End], await mine.GetRangeSplitPointsAsync(all, 100_000));
    }

    [Fact]
    public async Task The_metadata_version_is_one_for_all()
    {
        using var scene = await TenantScene.OpenAsync();
        byte[] key = [0xff, .. "/metadataVersion"u8];
        await scene.Tenant.RunAsync(
            inside => inside.SetVersionstampedValue(key, new byte[14]), scene.Cancellation);

        var outside = await scene.Database.ReadAsync(reader => reader.GetAsync(key), scene.Cancellation);
        var within = await scene.Tenant.ReadAsync(reader => reader.GetAsync(key), scene.Cancellation);

        Assert.Equal(10, outside!.Length);
        Assert.Equal(outside, within);
    }

    [Fact]
    public async Task The_options_of_the_database_count_for_its_tenants()
    {
        using var scene = await TenantScene.OpenAsync();
        scene.Database.SetOption(DatabaseOption.TransactionSizeLimit, 100);
        using var transaction = scene.Tenant.CreateTransaction();
        transaction.Set("k"u8, new byte[200]);

        Assert.Equal(2101, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task Nothing_is_done_in_a_tenant_of_a_database_that_is_closed()
    {
        using var scene = await TenantScene.OpenAsync();
        await scene.Database.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => scene.Tenant.CreateTransaction());
    }
}
