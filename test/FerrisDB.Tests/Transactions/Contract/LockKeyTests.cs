using System.Text.Json;
using FerrisDB.Tests.Network;
using FerrisDB.Tests.Server;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>
/// The lock of a database as the special key <c>\xff\xff/management/db_locked</c>, in a process and through a server;
/// and the lock where tenants and tokens are.
/// </summary>
public sealed class LockKeyTests
{
    private const string Key = "\xff\xff/management/db_locked";
    private const string Id = "0123456789abcdeffedcba9876543210";
    private const string OtherId = "00000000000000000000000000000001";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Setting_the_key_locks_at_the_commit_and_clearing_it_unlocks()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            Assert.Null(await ReadAsync(database));
            using var locking = Begin(database);
            locking.Set(Bytes(Key), Bytes(Id));
            Assert.Equal(Id, TextOrNull(await locking.GetAsync(Bytes(Key))));
            Assert.Null(await ReadAsync(database));
            await locking.CommitAsync();

            Assert.Equal(Id, await ReadAsync(database));
            Assert.Equal(Guid.Parse(Id), await database.GetLockAsync(Cancellation));
            Assert.Equal(1038, await WriteAsync(database));

            // Whoever has it: nobody is asked for the id.
            using var unlocking = Begin(database);
            unlocking.Clear(Bytes(Key));
            Assert.Null(await unlocking.GetAsync(Bytes(Key)));
            await unlocking.CommitAsync();
            Assert.Null(await ReadAsync(database));
            Assert.Null(await WriteAsync(database));
        }
    }

    [Theory]
    [InlineData(null, Id, null, Id)]
    [InlineData(Id, Id, null, Id)]
    [InlineData(Id, OtherId, 1038, Id)]
    [InlineData(null, "0123456789ABCDEFfedcba9876543210", null, Id)]
    [InlineData(null, "short", 2117, null)]
    [InlineData(null, "", 2117, null)]
    [InlineData(Id, "0123456789abcdeffedcba987654321g", 2117, Id)]
    public async Task A_value_that_is_set_locks_or_is_refused(string? held, string value, int? code, string? after)
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            if (held is not null)
                await database.LockAsync(Guid.Parse(held), Cancellation);
            using var transaction = Begin(database);
            transaction.Set(Bytes(Key), Bytes(value));

            Assert.Equal(code, await CodeAsync(transaction.CommitAsync()));
            if (code == 2117)
            {
                using var reason = JsonDocument.Parse(await transaction.GetAsync(Bytes("\xff\xff/error_message")));
                Assert.Equal("lock", reason.RootElement.GetProperty("command").GetString());
                Assert.Equal(
                    $"Invalid UID hex string: {value}", reason.RootElement.GetProperty("message").GetString());
            }
            Assert.Equal(after, await ReadAsync(database));
        }
    }

    [Fact]
    public async Task The_key_is_written_with_the_option_alone()
    {
        using var database = Database.OpenInMemory();
        using var transaction = database.CreateTransaction();
        transaction.Set(Bytes(Key), Bytes(Id));

        Assert.Equal(2114, await CodeAsync(transaction.CommitAsync()));
        Assert.Null(await ReadAsync(database));
    }

    [Fact]
    public async Task The_key_is_one_of_the_family_of_management()
    {
        using var database = Database.OpenInMemory();
        await database.SetTenantModeAsync(TenantMode.Optional, Cancellation);
        await database.CreateTenantAsync("t"u8, Cancellation);
        await database.LockAsync(Guid.Parse(Id), Cancellation);
        using var transaction = database.CreateTransaction();

        var page = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(Bytes("\xff\xff/management/d")),
            KeySelector.FirstGreaterOrEqual(Bytes("\xff\xff/management0")));
        var alone = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(Bytes(Key)), KeySelector.FirstGreaterThan(Bytes(Key)));

        Assert.Contains(page, row => Text(row.Key.ToArray()) == "\xff\xff/management/tenant/map/t");
        Assert.Contains(page, row => Text(row.Value.ToArray()) == Id);
        Assert.Equal(Id, Text(alone.Single().Value.ToArray()));
    }

    // As in FoundationDB: whoever has looked at the lock goes past it.
    [Fact]
    public async Task Who_has_read_the_key_is_lock_aware_until_the_transaction_starts_anew()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            await database.LockAsync(Guid.Parse(Id), Cancellation);
            using var transaction = database.CreateTransaction();
            await transaction.GetAsync(Bytes(Key));
            transaction.Set("k"u8, "v"u8);
            await transaction.CommitAsync();
            transaction.Reset();

            Assert.Equal(1038, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
        }
    }

    [Fact]
    public async Task Of_two_that_lock_at_the_same_time_one_conflicts()
    {
        using var database = Database.OpenInMemory();
        using var first = Begin(database);
        using var second = Begin(database);
        foreach (var (transaction, id) in new[] { (first, Id), (second, OtherId) })
        {
            await transaction.GetReadVersionAsync();
            transaction.Set(Bytes(Key), Bytes(id));
        }
        await first.CommitAsync();

        Assert.Equal(1020, await CodeAsync(second.CommitAsync()));
        Assert.Equal(Id, await ReadAsync(database));
    }

    [Fact]
    public async Task A_lock_keeps_tenants_out_too_but_not_their_administration()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            await database.SetTenantModeAsync(TenantMode.Optional, Cancellation);
            await database.CreateTenantAsync("t"u8, Cancellation);
            await database.LockAsync(Guid.Parse(Id), Cancellation);
            using var transaction = database.OpenTenant("t"u8).CreateTransaction();

            Assert.Equal(2138, await CodeAsync(transaction.GetAsync(Bytes(Key)).AsTask()));
            transaction.Reset();
            Assert.Equal(1038, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
            transaction.Reset();
            transaction.Set("k"u8, []);
            Assert.Equal(1038, await CodeAsync(transaction.CommitAsync()));
            transaction.Reset();
            transaction.SetOption(TransactionOption.LockAware);
            transaction.Set("k"u8, []);
            Assert.Null(await CodeAsync(transaction.CommitAsync()));
            await database.CreateTenantAsync("u"u8, Cancellation);
            await database.RenameTenantAsync("u"u8, "v"u8, Cancellation);
            Assert.Equal(2, (await database.ListTenantsAsync(cancellationToken: Cancellation)).Count);
            await database.DeleteTenantAsync("v"u8, Cancellation);
            await database.SetTenantModeAsync(TenantMode.Required, Cancellation);
            // By special keys it needs the option, as any write does.
            Assert.Equal(1038, await CreateBySpecialKeyAsync(database, isLockAware: false));
            Assert.Null(await CreateBySpecialKeyAsync(database, isLockAware: true));
        }
    }

    [Theory]
    [InlineData("read-write", 6000)]
    [InlineData("read-only", 6000)]
    [InlineData("admin", null)]
    public async Task Who_locks_and_unlocks_must_be_an_admin(string role, int? code)
    {
        var (scene, tokens) = await TokenScene.StartAsync((role, ""), ("admin", ""));
        await using var owned = scene;
        await using var client = scene.Connect(tokens[0]);
        await using var admin = scene.Connect(tokens[1]);

        Assert.Equal(code, await CodeAsync(client.LockAsync(Guid.Parse(Id), Cancellation)));
        using var special = Begin(client);
        special.Set(Bytes(Key), Bytes(Id));
        Assert.Equal(code, await CodeAsync(special.CommitAsync()));
        Assert.Equal(code is null ? Guid.Parse(Id) : null, await admin.GetLockAsync(Cancellation));
        await admin.LockAsync(Guid.Parse(Id), Cancellation);
        Assert.Equal(code, await CodeAsync(client.UnlockAsync(Guid.Parse(Id), Cancellation)));
        Assert.Equal(code is null ? null : Guid.Parse(Id), await admin.GetLockAsync(Cancellation));
    }

    private static Transaction Begin(Database database)
    {
        var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        return transaction;
    }

    private static async Task<string?> ReadAsync(Database database)
    {
        using var transaction = database.CreateTransaction();
        return TextOrNull(await transaction.GetAsync(Bytes(Key)));
    }

    private static async Task<int?> WriteAsync(Database database)
    {
        using var transaction = database.CreateTransaction();
        transaction.Set("k"u8, []);
        return await CodeAsync(transaction.CommitAsync());
    }

    private static async Task<int?> CreateBySpecialKeyAsync(Database database, bool isLockAware)
    {
        using var transaction = Begin(database);
        if (isLockAware)
            transaction.SetOption(TransactionOption.LockAware);
        transaction.Set(Bytes("\xff\xff/management/tenant/map/w"), []);
        return await CodeAsync(transaction.CommitAsync());
    }
}
