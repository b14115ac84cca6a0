using FerrisDB.Storage;
using FerrisDB.TestKit;
using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Network;

/// <summary>The attempts to commit one transaction: one of them is applied, in whatever order they arrive.</summary>
public sealed class IdempotencyTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly CrashableFileSystem _disk = new(seed: 1);

    [Fact]
    public async Task An_attempt_after_the_one_that_was_committed_gets_its_answer()
    {
        using var database = Open();
        var id = new IdempotencyId(1, 2, 3);
        var first = await CommitAsync(database, id, attempt: 0);
        await CommitAsync(database, IdempotencyId.Of(1, 2, slot: 1, 4), attempt: 0);

        var second = await CommitAsync(database, id, attempt: 1);
        var third = await CommitAsync(database, id, attempt: 2);

        Assert.Equal((first.Verdict, first.Version), (second.Verdict, second.Version));
        Assert.Equal((first.Verdict, first.Version), (third.Verdict, third.Version));
        Assert.Equal(2, await SumAsync(database));
    }

    [Fact]
    public async Task An_attempt_that_was_overtaken_is_refused()
    {
        using var database = Open();
        var id = new IdempotencyId(1, 2, 3);

        var second = await CommitAsync(database, id, attempt: 2);
        var late = await CommitAsync(database, id, attempt: 1);
        var later = await CommitAsync(database, id, attempt: 0);

        Assert.Equal(
            (Verdict.Committed, Verdict.Conflict, Verdict.Conflict), (second.Verdict, late.Verdict, later.Verdict));
        Assert.Equal(1, await SumAsync(database));
    }

    [Fact]
    public async Task An_attempt_after_a_crash_is_recognized()
    {
        var id = new IdempotencyId(1, 2, 3);
        var database = Open();
        var first = await CommitAsync(database, id, attempt: 0);
        using var again = Open(_disk.AfterRestart(CrashKind.PowerFailureLosesUnsynced));

        var second = await CommitAsync(again, id, attempt: 1);

        Assert.Equal((Verdict.Committed, first.Version), (second.Verdict, second.Version));
        Assert.Equal(1, await SumAsync(again));
        Assert.True(
            await again.ReadAsync(reads => reads.GetReadVersionAsync()) - first.Version > 99_000_000,
            "no version of the former life may come again");
    }

    [Fact]
    public async Task Ids_are_forgotten_after_their_time_and_then_nobody_knows()
    {
        using var database = Open();
        for (var number = 0UL; number < 100; number++)
        {
            await CommitAsync(database, new IdempotencyId(await VersionAsync(database), 2, number), attempt: 0);
            _clock.Advance(TimeSpan.FromSeconds(30));
        }

        var error = await Assert.ThrowsAsync<FerrisException>(
            () => CommitAsync(database, new IdempotencyId(1, 2, 0), attempt: 1));
        await CommitAsync(database, new IdempotencyId(1, 2, 1000), attempt: 0);

        Assert.Equal(ErrorCode.CommitUnknownResult, error.Code);
        Assert.Equal(101, await SumAsync(database));
        Assert.InRange(await KeptAsync(database), 2, 4);
    }

    // What is kept must not grow with the number of commits, only with how many are under way at once.
    [Fact]
    public async Task A_slot_keeps_its_last_commit_alone_and_that_one_is_recognized()
    {
        const int Slots = 5;
        using var database = Open();
        var version = await VersionAsync(database);
        var last = new CommitTransaction[Slots];
        for (var number = 0; number < 200; number++)
            last[number % Slots] = await CommitAsync(database, Id(number), attempt: 0);

        for (var number = 195; number < 200; number++)
        {
            var again = await CommitAsync(database, Id(number), attempt: 1);
            Assert.Equal((Verdict.Committed, last[number % Slots].Version), (again.Verdict, again.Version));
        }

        Assert.Equal((200, Slots), (await SumAsync(database), await KeptAsync(database)));

        IdempotencyId Id(int number) => IdempotencyId.Of(version, 2, (uint)(number % Slots), (ulong)number);
    }

    [Fact]
    public async Task A_commit_that_was_not_decided_is_not_taken_for_another_one_of_its_slot() =>
        Assert.Equal(2, await AddTwiceInOneSlotAsync());

    /// <summary>Adds one, then one more in the same slot by a second attempt whose first got lost.</summary>
    internal static async Task<long> AddTwiceInOneSlotAsync()
    {
        using var database = Database.OpenInMemory(new DatabaseOptions { IsServed = true });
        await CommitAsync(database, IdempotencyId.Of(1, 2, slot: 7, 1), attempt: 0);
        await CommitAsync(database, IdempotencyId.Of(1, 2, slot: 7, 2), attempt: 1);
        return await SumAsync(database);
    }

    [Fact]
    public async Task What_a_server_keeps_of_a_client_is_as_much_as_it_had_under_way_at_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = server.Connect();
        for (var round = 0; round < 50; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(each => client.RunAsync(
                transaction => transaction.Set([(byte)each], "1"u8)).AsTask()));
        }

        Assert.InRange(await KeptAsync(server.Database), 1, 8);
    }

    private Database Open(CrashableFileSystem? disk = null) => Database.Open("db", new DatabaseOptions
    {
        IsServed = true,
        Storage = new StorageOptions
        {
            FileSystem = disk ?? _disk,
            Scheduler = new ManualScheduler(),
            TimeProvider = _clock,
            FreeDiskBytesMin = 0,
        },
    });

    // Each that is applied adds one.
    private static async Task<CommitTransaction> CommitAsync(Database database, IdempotencyId id, int attempt)
    {
        var transaction = new CommitTransaction { Id = id, Attempt = attempt };
        transaction.Mutations.Add(MutationKind.Add, "sum"u8, BitConverter.GetBytes(1L));
        transaction.Writes.AddPoint("sum"u8);
        await database.Embedded.Roles.CommitElsewhereAsync(transaction, Durability.Sync);
        return transaction;
    }

    private static async Task<int> KeptAsync(Database database) => (await database.RunAsync(async transaction =>
    {
        transaction.SetOption(TransactionOption.ReadSystemKeys);
        return await transaction.GetRangeAsync(new KeyRange([0xff, 0x02], [0xff, 0x03]));
    })).Count;

    private static async Task<long> VersionAsync(Database database) =>
        await database.ReadAsync(reads => reads.GetReadVersionAsync());

    private static async Task<long> SumAsync(Database database) =>
        BitConverter.ToInt64(await database.ReadAsync(reads => reads.GetAsync("sum"u8)));
}
