using FerrisDB.Tests.Transactions;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Tenants;

/// <summary>Tenants are created, listed, renamed and deleted; and when they are not.</summary>
public sealed class TenantAdminTests : IDisposable
{
    private static readonly byte[] MapPrefix = [0xff, 0xff, .. "/management/tenant/map/"u8];
    private static readonly byte[] RenamePrefix = [0xff, 0xff, .. "/management/tenant/rename/"u8];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-tenants-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("create a", null, "a:1 t:0")]
    [InlineData("create t", 2132, "t:0")]
    [InlineData("create \xff", 2134, "t:0")]
    [InlineData("delete t", null, "")]
    [InlineData("delete a", 2131, "t:0")]
    [InlineData("rename t a", null, "a:0")]
    [InlineData("rename a b", 2131, "t:0")]
    [InlineData("rename t t", 2132, "t:0")]
    [InlineData("rename t \xff", 2134, "t:0")]
    // The numbers of those that are gone are not used again.
    [InlineData("create a; delete a; create a", null, "a:2 t:0")]
    [InlineData("write; delete t", 2133, "t:0")]
    [InlineData("write; clear; delete t", null, "")]
    [InlineData("mode 0", 2140, "t:0")]
    [InlineData("delete t; mode 0; create a", 2136, "")]
    // Whoever writes there without a tenant gets in its way.
    [InlineData("squat; create a", 2135, "t:0")]
    public async Task Each_call_does_what_it_says_or_says_why_not(string calls, int? expected, string names)
    {
        using var scene = await TenantScene.OpenAsync();
        int? code = null;
        foreach (var call in calls.Split("; "))
            code = await CodeAsync(RunAsync(scene, call.Split(' ')));

        Assert.Equal(expected, code);
        Assert.Equal(names, await scene.NamesAsync());
    }

    [Theory]
    [InlineData("create a", null, "a:1 t:0")]
    [InlineData("create t", null, "t:0")]
    [InlineData("create a; create b; delete t", null, "a:1 b:2")]
    [InlineData("create a; delete a", null, "t:0")]
    [InlineData("delete x", null, "t:0")]
    [InlineData("create \xff", 2134, "t:0")]
    [InlineData("rename t a", null, "a:0")]
    [InlineData("rename x a", 2131, "t:0")]
    [InlineData("create a; rename t a", 2132, "t:0")]
    [InlineData("create a; create b; clearall", null, "")]
    public async Task Special_keys_do_the_same_at_the_commit(string calls, int? expected, string names)
    {
        using var scene = await TenantScene.OpenAsync();

        var code = await scene.RunSpecialAsync(transaction =>
        {
            foreach (var call in calls.Split("; "))
                Special(transaction, call.Split(' '));
            return default;
        });

        Assert.Equal(expected, code);
        Assert.Equal(names, await scene.NamesAsync());
    }

    [Fact]
    public async Task A_transaction_that_fails_changes_no_tenants()
    {
        using var scene = await TenantScene.OpenAsync();
        using var slow = scene.Database.CreateTransaction();
        slow.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        await slow.GetAsync("k"u8);
        slow.Set([.. MapPrefix, (byte)'a'], []);
        slow.Set("l"u8, "1"u8);
        await scene.Database.RunAsync(other => other.Set("k"u8, "1"u8), scene.Cancellation);

        Assert.Equal(1020, await CodeAsync(slow.CommitAsync()));
        Assert.Equal("t:0", await scene.NamesAsync());
    }

    [Fact]
    public async Task What_a_refused_commit_wanted_is_not_committed_by_another_try()
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        transaction.Set([.. MapPrefix, (byte)'a'], []);
        transaction.Set([.. RenamePrefix, (byte)'x'], "y"u8);

        Assert.Equal(2131, await CodeAsync(transaction.CommitAsync()));
        Assert.Equal(2131, await CodeAsync(transaction.CommitAsync()));
        Assert.Equal("t:0", await scene.NamesAsync());
    }

    [Fact]
    public async Task Two_that_create_the_same_tenant_conflict()
    {
        using var scene = await TenantScene.OpenAsync();
        using var first = scene.Database.CreateTransaction();
        using var second = scene.Database.CreateTransaction();
        foreach (var transaction in new[] { first, second })
        {
            transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
            await transaction.GetReadVersionAsync();
            transaction.Set([.. MapPrefix, (byte)'a'], []);
        }
        await first.CommitAsync();

        Assert.Equal(1020, await CodeAsync(second.CommitAsync()));
    }

    [Theory]
    [InlineData("a", "z", 10, "b c t")]
    [InlineData("c", "t", 10, "c")]
    [InlineData("", "", 2, "b c")]
    [InlineData("", "", 0, "")]
    [InlineData("z", "a", 10, "")]
    public async Task Tenants_are_listed_by_name(string begin, string end, int limit, string names)
    {
        using var scene = await TenantScene.OpenAsync();
        await scene.Database.CreateTenantAsync("c"u8, scene.Cancellation);
        await scene.Database.CreateTenantAsync("b"u8, scene.Cancellation);

        var listed = await scene.NamesAsync(begin, end, limit);

        Assert.Equal(names, string.Join(' ', listed.Split(' ').Select(tenant => tenant.Split(':')[0])));
    }

    [Theory]
    [InlineData(false, 0, "b c t")]
    [InlineData(false, 2, "b c")]
    [InlineData(true, 2, "t c")]
    public async Task Special_keys_tell_them_too(bool reverse, int limit, string names)
    {
        using var scene = await TenantScene.OpenAsync();
        await scene.Database.CreateTenantAsync("c"u8, scene.Cancellation);
        await scene.Database.CreateTenantAsync("b"u8, scene.Cancellation);
        using var transaction = scene.Database.CreateTransaction();

        var page = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(MapPrefix), KeySelector.FirstGreaterOrEqual((byte[])[.. MapPrefix, 0xff]),
            new RangeOptions { Reverse = reverse, Limit = limit });

        Assert.Equal(names, string.Join(' ', page.Select(row => Text(row.Key[MapPrefix.Length..].ToArray()))));
    }

    [Fact]
    public async Task A_tenant_is_told_as_a_document()
    {
        using var scene = await TenantScene.OpenAsync();
        using var transaction = scene.Database.CreateTransaction();

        var document = await transaction.GetAsync([.. MapPrefix, (byte)'t']);

        Assert.Equal(
            """
            {"id":0,"lock_state":"unlocked","name":{"base64":"dA==","printable":"t"},"prefix":{"base64":"AAAAAAAAAAA=",
            """
            + """
            "printable":"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"},"tenant_state":"ready"}
            """,
            Text(document!));
        Assert.Null(await transaction.GetAsync([.. MapPrefix, (byte)'u']));
    }

    [Fact]
    public async Task Clearing_all_tenants_of_a_database_that_can_have_none_is_no_error()
    {
        using var database = Database.OpenInMemory();
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        transaction.ClearRange(MapPrefix, [.. MapPrefix[..^1], (byte)'0']);

        await transaction.CommitAsync();
        Assert.Equal(TenantMode.Disabled, await database.GetTenantModeAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null, 2130)]
    [InlineData(TransactionOption.RawAccess, null)]
    [InlineData(TransactionOption.AccessSystemKeys, null)]
    public async Task Where_tenants_are_required_others_need_raw_access(TransactionOption? option, int? expected)
    {
        using var scene = await TenantScene.OpenAsync();
        await scene.Database.SetTenantModeAsync(TenantMode.Required, scene.Cancellation);
        using var transaction = scene.Database.CreateTransaction();
        if (option is { } given)
            transaction.SetOption(given);
        transaction.Set("k"u8, "v"u8);

        Assert.Equal(expected, await CodeAsync(transaction.CommitAsync()));
        await scene.Tenant.RunAsync(inside => inside.Set("k"u8, "v"u8), scene.Cancellation);
        await scene.Database.SetTenantModeAsync(TenantMode.Optional, scene.Cancellation);
        await scene.Database.RunAsync(outside => outside.Set("k"u8, "v"u8), scene.Cancellation);
    }

    [Theory]
    [InlineData("get k", 2130)]
    [InlineData("snapshot k", 2130)]
    [InlineData("key k = 1", 2130)]
    [InlineData("page a z", 2130)]
    [InlineData("watch k", 2130)]
    [InlineData("estimate a z", 2130)]
    [InlineData("split a z", 2130)]
    [InlineData("version", null)]
    [InlineData("get \xff/metadataVersion", null)]
    [InlineData("option RawAccess; get k", null)]
    [InlineData("option ReadSystemKeys; page a z", null)]
    [InlineData("get \xff\xff/status/json", null)]
    [InlineData("get \xff\xff/management/tenant/map/t", null)]
    public async Task Where_tenants_are_required_nothing_is_read_outside_of_them(string calls, int? expected)
    {
        using var scene = await TenantScene.OpenAsync();
        using var early = scene.Database.CreateTransaction();
        await early.GetAsync("k"u8);
        await scene.Database.SetTenantModeAsync(TenantMode.Required, scene.Cancellation);
        using var transaction = scene.Database.CreateTransaction();

        Assert.Equal(expected, await CodeAsync(ContractCalls.RunAllAsync(transaction, calls)));
        // Whoever has begun to read reads on, and a snapshot is of everything.
        using var snapshot = scene.Database.TakeSnapshot();
        Assert.Null(await snapshot.GetAsync("k"u8));
        Assert.Null(await early.GetAsync("l"u8));
        Assert.Null(await scene.Tenant.ReadAsync(inside => inside.GetAsync("k"u8), scene.Cancellation));
        await scene.Database.SetTenantModeAsync(TenantMode.Optional, scene.Cancellation);
        transaction.Reset();
        Assert.Null(await CodeAsync(ContractCalls.RunAllAsync(transaction, calls)));
    }

    [Fact]
    public async Task Where_tenants_are_required_sorted_rows_that_belong_to_none_are_refused()
    {
        using var scene = await TenantScene.OpenAsync();
        await scene.Database.SetTenantModeAsync(TenantMode.Required, scene.Cancellation);

        Assert.Equal(2130, await ImportAsync(scene.Database));
        await scene.Database.SetTenantModeAsync(TenantMode.Optional, scene.Cancellation);
        Assert.Null(await ImportAsync(scene.Database));
        Assert.Equal("v", TextOrNull(await scene.Database.ReadAsync(outside => outside.GetAsync("k"u8))));
    }

    [Fact]
    public async Task Tenants_are_there_again_when_the_database_is_opened_again()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using (var database = Database.Open(_folder.FullName))
        {
            await database.SetTenantModeAsync(TenantMode.Required, cancellation);
            await database.CreateTenantAsync("t"u8, cancellation);
            await database.OpenTenant("t"u8).RunAsync(inside => inside.Set("k"u8, "v"u8), cancellation);
        }

        await using var again = Database.Open(_folder.FullName);

        Assert.Equal(TenantMode.Required, await again.GetTenantModeAsync(cancellation));
        var value = await again.OpenTenant("t"u8).ReadAsync(inside => inside.GetAsync("k"u8), cancellation);
        Assert.Equal("v", TextOrNull(value));
        using var outside = again.CreateTransaction();
        outside.Set("k"u8, []);
        Assert.Equal(2130, await CodeAsync(outside.CommitAsync()));
    }

    private static async Task<int?> ImportAsync(Database database)
    {
        await using var import = await database.BeginSortedImportAsync();
        await import.AddAsync(Bytes("k"), Bytes("v"));
        return await CodeAsync(import.CommitAsync().AsTask());
    }

    private static async Task RunAsync(TenantScene scene, string[] words)
    {
        var (database, cancellation) = (scene.Database, scene.Cancellation);
        switch (words[0])
        {
            case "create":
                await database.CreateTenantAsync(Bytes(words[1]), cancellation);
                return;
            case "delete":
                await database.DeleteTenantAsync(Bytes(words[1]), cancellation);
                return;
            case "rename":
                await database.RenameTenantAsync(Bytes(words[1]), Bytes(words[2]), cancellation);
                return;
            case "write":
                await scene.Tenant.RunAsync(inside => inside.Set("k"u8, []), cancellation);
                return;
            case "clear":
                await scene.Tenant.RunAsync(inside => inside.ClearRange([], [0xff]), cancellation);
                return;
            case "squat":
                await database.RunAsync(outside => outside.Set([0, 0, 0, 0, 0, 0, 0, 1, 7], []), cancellation);
                return;
            default:
                await database.SetTenantModeAsync((TenantMode)(words[1][0] - '0'), cancellation);
                return;
        }
    }

    private static void Special(Transaction transaction, string[] words)
    {
        switch (words[0])
        {
            case "create":
                transaction.Set([.. MapPrefix, .. Bytes(words[1])], []);
                return;
            case "delete":
                transaction.Clear([.. MapPrefix, .. Bytes(words[1])]);
                return;
            case "rename":
                transaction.Set([.. RenamePrefix, .. Bytes(words[1])], Bytes(words[2]));
                return;
            default:
                transaction.ClearRange(MapPrefix, [.. MapPrefix[..^1], (byte)'0']);
                return;
        }
    }
}
