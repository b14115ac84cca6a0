using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>What each call reads and writes in the sense of conflicts, on the keys a, c and e.</summary>
public sealed class ConflictTableTests : IAsyncLifetime, IDisposable
{
    private readonly ContractScene _scene = new();

    public async ValueTask InitializeAsync() => await _scene.RunAsync("set a", "set c", "set e");

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("get c", "[c c\\x00)")]
    [InlineData("get d", "[d d\\x00)")]
    [InlineData("snapshot c", "")]
    [InlineData("watch c", "[c c\\x00)")]
    // Special keys are not stored.
    [InlineData("get \u00ff\u00ff/status/json", "")]
    // What the transaction has written itself cannot change under it, unless what it wrote depends on what is there.
    [InlineData("set c; get c", "")]
    [InlineData("clear c; get c", "")]
    [InlineData("clearrange b d; get c", "")]
    [InlineData("add c; get c", "[c c\\x00)")]
    [InlineData("set c; add c; get c", "")]
    [InlineData("get c; set c", "[c c\\x00)")]
    // Writes alone do not depend on anything.
    [InlineData("set c; clear a; clearrange a c; add e; stampvalue c; stampkey c", "")]
    [InlineData("option ReadYourWritesDisable; set c; get c", "[c c\\x00)")]
    public Task A_key_that_was_read_is_a_read_conflict_if_others_can_change_it(string calls, string conflicts) =>
        AssertReadsAsync(calls, conflicts);

    [Theory]
    // Forwards, from the key of the selector to the key that was found.
    [InlineData("key c < 1", "[c c\\x00)")]
    [InlineData("key b < 1", "[b c\\x00)")]
    [InlineData("key c = 1", "[c\\x00 e\\x00)")]
    [InlineData("key a < 3", "[a e\\x00)")]
    [InlineData("key f < 1", "[f \\xff)")]
    // Backwards, from the key that was found.
    [InlineData("key c < 0", "[a c)")]
    [InlineData("key c = 0", "[c c\\x00)")]
    [InlineData("key e = -1", "[c e\\x00)")]
    [InlineData("key a < 0", "[ a)")]
    // Without what the transaction knows of its own.
    [InlineData("set d; key d < 1", "")]
    [InlineData("clearrange b f; key b < 1", "[f \\xff)")]
    [InlineData("set d; key c = 2", "[c\\x00 d) [d\\x00 e\\x00)")]
    public Task A_selector_conflicts_from_its_key_to_the_key_that_it_found(string calls, string conflicts) =>
        AssertReadsAsync(calls, conflicts);

    [Theory]
    [InlineData("page a z", "[a z)")]
    [InlineData("page b d", "[b d)")]
    [InlineData("page x z", "[x z)")]
    [InlineData("page z a", "")]
    [InlineData("page c c", "")]
    // What a limit has cut off does not matter.
    [InlineData("page a z limit 2", "[a c\\x00)")]
    [InlineData("selected a = 0 z < 1 limit 2 reverse", "[c z)")]
    // Backwards it does if the begin was counted from keys behind it.
    [InlineData("page a z limit 2 reverse", "[a z)")]
    [InlineData("page a z limit 9", "[a z)")]
    // A begin before all keys, and an end behind them.
    [InlineData("selected a < -5 d < 1", "[ d)")]
    [InlineData("selected b < 1 d < 9", "[b \\xff)")]
    // An end that is counted on from its key: up to its last row.
    [InlineData("selected a < 1 b < 2", "[a c\\x00)")]
    [InlineData("set c; page a z", "[a c) [c\\x00 z)")]
    [InlineData("clearrange b d; page a z", "[a b) [d z)")]
    [InlineData("clearrange a z; page a z", "")]
    [InlineData("add c; page a z", "[a z)")]
    public Task A_page_conflicts_with_what_decides_it(string calls, string conflicts) =>
        AssertReadsAsync(calls, conflicts);

    [Theory]
    [InlineData("readconflict a c", "[a c)")]
    [InlineData("readconflict a b; readconflict b c; readconflict x z", "[a c) [x z)")]
    [InlineData("readconflict a a", "")]
    [InlineData("set b; readconflict a c", "[a b) [b\\x00 c)")]
    [InlineData("readconflict a c; set b", "[a c)")]
    public Task A_read_conflict_can_be_added_where_the_transaction_has_not_written(string calls, string conflicts) =>
        AssertReadsAsync(calls, conflicts);

    [Theory]
    [InlineData("set c", "[c c\\x00)")]
    [InlineData("clear c", "[c c\\x00)")]
    [InlineData("add c", "[c c\\x00)")]
    [InlineData("stampvalue c", "[c c\\x00)")]
    [InlineData("clearrange b d", "[b d)")]
    [InlineData("clearrange b b", "")]
    [InlineData("get c; snapshot d; watch c", "")]
    [InlineData("writeconflict b d", "[b d)")]
    [InlineData("writeconflict b b", "")]
    [InlineData("set a; set a\0; set b; clearrange c d", "[a a\\x00\\x00) [b b\\x00) [c d)")]
    // Where it will lie is known at the commit.
    [InlineData("stampkey c", "")]
    // The option counts for one write, and is used up by one that is refused.
    [InlineData("option NextWriteNoWriteConflictRange; set a; set b", "[b b\\x00)")]
    [InlineData("option NextWriteNoWriteConflictRange; clearrange a b; set c", "[c c\\x00)")]
    public async Task A_write_is_a_write_conflict(string calls, string conflicts)
    {
        using var transaction = _scene.Begin();
        await ContractCalls.RunAllAsync(transaction, calls);

        Assert.Equal(conflicts, await ConflictsAsync(transaction, "write"));
    }

    [Theory]
    [InlineData("set b", "set x", "get b", false)]
    [InlineData("set x", "set b", "get b", true)]
    [InlineData("set x", "clearrange a c", "get b", true)]
    [InlineData("set x", "clear b", "get b", true)]
    [InlineData("set x", "add b", "get b", true)]
    [InlineData("set x", "writeconflict a c", "get b", true)]
    [InlineData("set x", "writeconflict a b", "get b", false)]
    [InlineData("set x", "option NextWriteNoWriteConflictRange;set b", "get b", false)]
    public async Task A_commit_fails_if_and_only_if_something_that_it_read_was_written_after_its_read_version(
        string before, string after, string read, bool conflicts)
    {
        await _scene.RunAsync(before);
        using var transaction = _scene.Begin();
        await transaction.GetReadVersionAsync();
        using (var other = _scene.Begin())
        {
            await ContractCalls.RunAllAsync(other, after);
            await other.CommitAsync();
        }
        await ContractCalls.RunAsync(transaction, read);
        transaction.Set("own"u8, []);

        Assert.Equal(conflicts ? 1020 : null, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task A_write_conflict_alone_is_committed_and_has_a_version()
    {
        using var reader = _scene.Begin();
        var before = await reader.GetReadVersionAsync();
        using var transaction = _scene.Begin();
        transaction.AddWriteConflictRange("b"u8, "c"u8);
        await transaction.CommitAsync();

        Assert.True(transaction.CommittedVersion > before);
    }

    [Fact]
    public async Task One_that_only_reads_always_commits_and_nobody_is_asked()
    {
        using var test = new FerrisDB.Testing.TestDatabase();
        using var transaction = test.Database.CreateTransaction();
        await transaction.GetAsync("a"u8);
        await test.Database.RunAsync(other => other.Set("a"u8, []), _scene.Cancellation);
        await transaction.CommitAsync();

        Assert.Equal(-1, transaction.CommittedVersion);
        Assert.Equal(1, test.Faults.Commits);
    }

    [Fact]
    public async Task The_ranges_of_a_conflict_are_told_to_whoever_asked_for_them()
    {
        using var transaction = _scene.Begin(TransactionOption.ReportConflictingKeys);
        await ContractCalls.RunAllAsync(transaction, "get a; page c f; set own");
        await _scene.RunAsync("set d");
        Assert.Equal(1020, await CodeAsync(transaction.CommitAsync()));

        Assert.Equal("[c f)", await RowsAsync(transaction, "conflicting_keys/"));
    }

    private async Task AssertReadsAsync(string calls, string conflicts)
    {
        using var transaction = _scene.Begin();
        await ContractCalls.RunAllAsync(transaction, calls);

        Assert.Equal(conflicts, await ConflictsAsync(transaction, "read"));
    }

    private static Task<string> ConflictsAsync(Transaction transaction, string kind) =>
        RowsAsync(transaction, kind + "_conflict_range/");

    // The special keys show where a range begins, with the value 1, and where it ends.
    private static async Task<string> RowsAsync(Transaction transaction, string module)
    {
        var prefix = Bytes("\u00ff\u00ff/transaction/" + module);
        var rows = await transaction.GetRangeAsync(new KeyRange(prefix, [.. prefix[..^1], (byte)(prefix[^1] + 1)]));
        return string.Join(' ', rows.Select(row => row.Value.Span[0] == '1'
            ? "[" + KeyText.Of(row.Key.Span[prefix.Length..])
            : KeyText.Of(row.Key.Span[prefix.Length..]) + ")"));
    }
}
