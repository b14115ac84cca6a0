using FerrisDB.Storage;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>What a commit waits for, what it leaves behind, and what may be asked after it.</summary>
public sealed class CommitTests : IDisposable
{
    private readonly ContractScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_commit_fails_with_the_error_of_a_read_that_failed()
    {
        using var transaction = _scene.Begin();
        await transaction.GetReadVersionAsync();
        for (var second = 0; second < 7; second++)
        {
            await _scene.RunAsync("set k");
            _scene.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(1007, await CodeAsync(ContractCalls.RunAsync(transaction, "get k")));
        transaction.Set("k"u8, []);

        Assert.Equal(1007, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task A_commit_waits_for_reads_that_are_under_way_and_fails_with_them()
    {
        using var transaction = _scene.Begin();
        transaction.SetReadVersion(long.MaxValue / 2);
        var reading = CodeAsync(transaction.GetAsync("k"u8).AsTask());
        transaction.Set("k"u8, []);
        var commit = CodeAsync(transaction.CommitAsync());
        Assert.False(reading.IsCompleted || commit.IsCompleted);
        await _scene.LetTimePassAsync(commit);

        Assert.Equal(1009, await reading);
        Assert.Equal(1009, await commit);
    }

    [Theory]
    [InlineData("get \u00ff\u0001")]
    [InlineData("key \u00ff\u0001 < 1")]
    [InlineData("page a \u00ff\u0001")]
    [InlineData("split a \u00ff\u0001")]
    [InlineData("watch \u00ff\u0001")]
    public async Task Arguments_that_were_refused_do_not_keep_a_transaction_from_committing(string call)
    {
        using var transaction = _scene.Begin();
        Assert.Equal(2004, await CodeAsync(ContractCalls.RunAsync(transaction, call)));
        transaction.Set("k"u8, []);

        Assert.Null(await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task The_committed_version_is_that_of_the_last_commit_that_wrote()
    {
        using var transaction = _scene.Begin();
        Assert.Equal(-1, transaction.CommittedVersion);
        transaction.Set("k"u8, []);
        Assert.Equal(-1, transaction.CommittedVersion);
        await transaction.CommitAsync();
        var version = transaction.CommittedVersion;
        Assert.True(version > 0);

        transaction.Reset();
        Assert.Equal(version, transaction.CommittedVersion);
        await transaction.OnErrorAsync(new FerrisException(ErrorCode.NotCommitted, "A conflict."), _scene.Cancellation);
        Assert.Equal(version, transaction.CommittedVersion);
        await ContractCalls.RunAllAsync(transaction, "get k; stampvalue s; get k");
        await transaction.CommitAsync();
        Assert.True(transaction.CommittedVersion > version);
        transaction.Reset();
        await transaction.GetAsync("k"u8);
        await transaction.CommitAsync();
        Assert.Equal(-1, transaction.CommittedVersion);
    }

    [Fact]
    public async Task All_that_a_transaction_writes_is_there_at_one_version_and_nothing_of_it_before()
    {
        using var before = _scene.Begin();
        await before.GetReadVersionAsync();
        using var transaction = _scene.Begin();
        await ContractCalls.RunAllAsync(transaction, "stampvalue a; stampvalue b; set c");
        await transaction.CommitAsync();
        using var after = _scene.Begin();
        after.SetReadVersion(transaction.CommittedVersion);

        Assert.Empty(await before.GetRangeAsync(new KeyRange("a"u8.ToArray(), "z"u8.ToArray())));
        Assert.Equal(3, (await after.GetRangeAsync(new KeyRange("a"u8.ToArray(), "z"u8.ToArray()))).Count);
        Assert.Equal(await after.GetAsync("a"u8), await after.GetAsync("b"u8));
    }

    [Theory]
    [InlineData("get k")]
    [InlineData("key k < 1")]
    [InlineData("page a z")]
    [InlineData("watch k")]
    [InlineData("stamp")]
    [InlineData("set k")]
    [InlineData("readconflict a b")]
    public async Task After_its_commit_a_transaction_is_used_only_for_what_became_of_it(string call)
    {
        using var transaction = _scene.Begin();
        var version = await transaction.GetReadVersionAsync();
        transaction.Set("k"u8, []);
        var stamp = transaction.GetVersionstampAsync();
        await transaction.CommitAsync();

        Assert.Equal(version, await transaction.GetReadVersionAsync());
        Assert.Equal(10, (await stamp).Length);
        var code = await CodeAsync(ContractCalls.RunAsync(transaction, call));
        Assert.Equal(2017, code ?? await CodeAsync(transaction.CommitAsync()));
        transaction.Reset();
        Assert.Null(await CodeAsync(ContractCalls.RunAsync(transaction, call)));
    }

    [Theory]
    [InlineData(false, "set k", 2023)]
    [InlineData(false, "writeconflict a b", 2023)]
    [InlineData(false, "get k", null)]
    [InlineData(true, "set k", null)]
    public async Task Who_may_read_a_locked_database_may_not_write_it(bool isLockAware, string call, int? code)
    {
        using var transaction = _scene.Begin(TransactionOption.ReadLockAware);
        if (isLockAware)
            transaction.SetOption(TransactionOption.LockAware);
        await ContractCalls.RunAsync(transaction, call);

        Assert.Equal(code, await CodeAsync(transaction.CommitAsync()));
    }

    // Each learns the truth: what was committed is there when the folder is opened again, what was cancelled is not.
    [Theory]
    [InlineData(Durability.Sync)]
    [InlineData(Durability.Process)]
    public async Task Commits_that_are_queued_when_the_database_closes_are_done_or_cancelled(Durability durability)
    {
        var disk = new MemoryFileSystem();
        var options = new DatabaseOptions
        {
            Storage = new StorageOptions { FileSystem = disk, Durability = durability },
        };
        var database = Database.Open("db", options);
        var held = new HeldCommits(database);
        List<Transaction> transactions = [];
        List<Task<int?>> commits = [];
        for (var number = 0; number < 20; number++)
        {
            var transaction = database.CreateTransaction();
            transaction.Set([(byte)number], []);
            transactions.Add(transaction);
            commits.Add(CodeAsync(transaction.CommitAsync()));
        }
        var late = database.CreateTransaction();
        late.Set("late"u8, []);
        var closing = database.DisposeAsync().AsTask();
        held.Dispose();
        await closing;

        using var reopened = Database.Open("db", options);
        using var reader = reopened.CreateTransaction();
        for (var number = 0; number < commits.Count; number++)
        {
            var code = await commits[number];
            Assert.True(code is null or 1025, $"{code}");
            Assert.Equal(code is null, await reader.GetAsync([(byte)number]) is not null);
        }
        Assert.Equal(1025, await CodeAsync(late.CommitAsync()));
        Assert.Null(await reader.GetAsync("late"u8));
        transactions.ForEach(transaction => transaction.Dispose());
    }
}
