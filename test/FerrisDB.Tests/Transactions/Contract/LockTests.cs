using System.Net;
using FerrisDB.Server;
using FerrisDB.Storage;
using FerrisDB.Tests.Network;
using Microsoft.Extensions.Time.Testing;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>
/// The lock of a database: whom it keeps out, from when on, and who can take it away. Written once, run in a process
/// and through a server.
/// </summary>
public sealed class LockTests
{
    private const int Locked = 1038;

    private static readonly Guid Mine = Guid.Parse("0123456789abcdef0123456789abcdef");
    private static readonly Guid Other = Guid.Parse("00000000000000000000000000000001");

    [Theory]
    [InlineData(null, "get k", Locked)]
    [InlineData(null, "page a z", Locked)]
    [InlineData(null, "key a < 1", Locked)]
    [InlineData(null, "watch k", Locked)]
    [InlineData(null, "set k", Locked)]
    [InlineData(null, "set a; get a", Locked)]
    [InlineData(null, "writeconflict a b", Locked)]
    [InlineData(null, "readconflict a b; set k", Locked)]
    [InlineData(TransactionOption.ReadLockAware, "get k", null)]
    [InlineData(TransactionOption.ReadLockAware, "page a z", null)]
    [InlineData(TransactionOption.ReadLockAware, "set k", 2023)]
    [InlineData(TransactionOption.LockAware, "get k", null)]
    [InlineData(TransactionOption.LockAware, "set k", null)]
    [InlineData(TransactionOption.LockAware, "get k; set k", null)]
    public async Task A_locked_database_lets_in(TransactionOption? option, string calls, int? code)
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            await database.LockAsync(Mine);
            using var transaction = Begin(database, option);

            Assert.Equal(code, await PlayAsync(transaction, calls));

            await database.UnlockAsync(Mine);
            transaction.Reset();
            Assert.Null(await PlayAsync(transaction, calls));
        }
    }

    [Fact]
    public async Task Who_has_begun_before_the_lock_reads_on_and_does_not_commit()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            using var transaction = database.CreateTransaction();
            Assert.Null(await transaction.GetAsync("k"u8));
            await database.LockAsync(Mine);

            Assert.Null(await transaction.GetAsync("other"u8));
            transaction.Set("k"u8, []);
            Assert.Equal(Locked, await CodeAsync(transaction.CommitAsync()));

            await database.UnlockAsync(Mine);
            Assert.Null(await database.ReadAsync(reads => reads.GetAsync("k"u8)));
        }
    }

    [Fact]
    public async Task A_retry_loop_goes_on_when_the_database_is_unlocked()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            await database.LockAsync(Mine);
            var attempts = 0;
            await database.RunAsync(async transaction =>
            {
                if (++attempts == 3)
                    await database.UnlockAsync(Mine);
                transaction.Set("k"u8, "v"u8);
            });

            Assert.Equal(3, attempts);
        }
    }

    [Fact]
    public async Task Who_has_tried_for_all_of_his_time_is_told_who_kept_him_out()
    {
        var clock = new FakeTimeProvider();
        await using var database = Database.OpenInMemory(new DatabaseOptions
        {
            Seed = 1,
            TransactionTimeout = TimeSpan.FromSeconds(5),
            Storage = new StorageOptions { TimeProvider = clock },
        });
        await database.LockAsync(Mine);

        var error = await Assert.ThrowsAsync<FerrisException>(async () => await database.RunAsync(async transaction =>
        {
            try
            {
                await transaction.GetAsync("k"u8);
            }
            finally
            {
                clock.Advance(TimeSpan.FromSeconds(6));
            }
        }));

        Assert.Equal(ErrorCode.TransactionTimedOut, error.Code);
        Assert.Contains($"locked by {Mine:N}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_locked_database_is_served_and_its_server_answers_who_asks_whether_it_lives()
    {
        var folder = Directory.CreateTempSubdirectory("ferrisdb-locked-");
        try
        {
            await using (var database = Database.Open(folder.FullName))
                await database.LockAsync(Mine);
            await using var served = await ServedFolder.StartAsync(
                folder.FullName, new DatabaseOptions(),
                new ServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) });

            await served.Server.AnswerAsync();

            Assert.Empty(served.Warnings);
            Assert.Equal(Mine, await served.Database.GetLockAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_lock_belongs_to_an_id()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            Assert.Null(await database.GetLockAsync());
            await database.UnlockAsync(Other);
            await database.LockAsync(Mine);
            await database.LockAsync(Mine);

            Assert.Equal(Mine, await database.GetLockAsync());
            Assert.Equal(Locked, await CodeAsync(database.LockAsync(Other)));
            Assert.Equal(Locked, await CodeAsync(database.UnlockAsync(Other)));
            Assert.Equal(Mine, await database.GetLockAsync());
            await database.UnlockAsync(Mine);
            Assert.Null(await database.GetLockAsync());
        }
    }

    [Fact]
    public async Task A_sorted_import_waits_until_the_database_is_unlocked()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            await database.LockAsync(Mine);
            await using (var refused = await database.BeginSortedImportAsync())
            {
                await refused.AddAsync(Bytes("k"), Bytes("v"));
                Assert.Equal(Locked, await CodeAsync(refused.CommitAsync().AsTask()));
            }
            await database.UnlockAsync(Mine);
            await using var import = await database.BeginSortedImportAsync();
            await import.AddAsync(Bytes("k"), Bytes("w"));

            Assert.True(await import.CommitAsync() > 0);
            Assert.Equal("w", TextOrNull(await database.ReadAsync(reads => reads.GetAsync("k"u8))));
        }
    }

    // What FoundationDB stores, and what its tools look for.
    [Fact]
    public async Task A_lock_is_a_versionstamp_and_an_id_under_a_key_of_the_system()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            await database.LockAsync(Mine);
            using var transaction = Begin(database, TransactionOption.LockAware);
            transaction.SetOption(TransactionOption.AccessSystemKeys);

            var value = await transaction.GetAsync(Bytes("\u00ff/dbLocked"));

            Assert.Equal("efcdab8967452301efcdab8967452301", Convert.ToHexStringLower(value!.AsSpan(10)));
            Assert.True(value.AsSpan(0, 10).ContainsAnyExcept((byte)0));
            transaction.ClearRange(Bytes("\u00ff/db"), Bytes("\u00ff/dc"));
            await transaction.CommitAsync();
            Assert.Null(await database.GetLockAsync());
            Assert.Null(await database.ReadAsync(reads => reads.GetAsync("k"u8)));
        }
    }

    [Fact]
    public async Task A_lock_outlives_the_process()
    {
        var options = new DatabaseOptions { Storage = new StorageOptions { FileSystem = new MemoryFileSystem() } };
        await using (var database = Database.Open("db", options))
            await database.LockAsync(Mine);
        await using var again = Database.Open("db", options);
        using var transaction = again.CreateTransaction();

        Assert.Equal(Locked, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
        Assert.Equal(Mine, await again.GetLockAsync());
    }

    [Fact]
    public async Task A_commit_that_conflicts_has_not_unlocked()
    {
        await foreach (var database in EmbeddedAndServed.OpenAsync())
        {
            await database.LockAsync(Mine);
            using var reader = Begin(database, TransactionOption.LockAware);
            using var unlock = Begin(database, TransactionOption.LockAware);
            unlock.SetOption(TransactionOption.AccessSystemKeys);
            await unlock.GetAsync("k"u8);
            reader.Set("k"u8, []);
            await reader.CommitAsync();
            unlock.Clear(Bytes("\u00ff/dbLocked"));

            Assert.Equal(1020, await CodeAsync(unlock.CommitAsync()));
            using var writer = database.CreateTransaction();
            writer.Set("k"u8, []);
            Assert.Equal(Locked, await CodeAsync(writer.CommitAsync()));
        }
    }

    private static Transaction Begin(Database database, TransactionOption? option)
    {
        var transaction = database.CreateTransaction();
        if (option is { } set)
            transaction.SetOption(set);
        return transaction;
    }

    private static async Task<int?> PlayAsync(Transaction transaction, string calls) =>
        await CodeAsync(ContractCalls.RunAllAsync(transaction, calls)) ?? await CodeAsync(transaction.CommitAsync());
}
