using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>Writes before their commit: errors that wait for a result, and what reads see of them.</summary>
public sealed class OwnWriteTests : IAsyncLifetime, IDisposable
{
    private readonly ContractScene _scene = new();

    public async ValueTask InitializeAsync() => await _scene.RunAsync("set k stored");

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task The_first_error_of_a_call_without_a_result_is_that_of_all_calls_that_have_one()
    {
        using var transaction = _scene.Begin();
        transaction.ClearRange("b"u8, "a"u8);
        transaction.Set(new byte[10_001], []);
        transaction.Set("later"u8, []);

        foreach (var call in (string[])
            ["get k", "snapshot k", "key k < 1", "page a z", "watch k", "version", "stamp", "estimate a b",
                "split a b"])
            Assert.Equal(2005, await CodeAsync(ContractCalls.RunAsync(transaction, call)));
        Assert.Equal(2005, await CodeAsync(transaction.CommitAsync()));
        transaction.Reset();
        Assert.Null(await transaction.GetAsync("later"u8));
    }

    [Fact]
    public async Task An_error_that_waits_does_not_keep_the_transaction_from_being_retried()
    {
        using var transaction = _scene.Begin();
        transaction.ClearRange("b"u8, "a"u8);

        await transaction.OnErrorAsync(new FerrisException(ErrorCode.NotCommitted, "A conflict."), _scene.Cancellation);

        Assert.NotNull(await transaction.GetAsync("k"u8));
    }

    [Theory]
    [InlineData("set k 1; append k 2", "12")]
    [InlineData("append k 1; append k 2", "stored12")]
    [InlineData("clear k; append k 1", "1")]
    [InlineData("append k 1; set k 2", "2")]
    [InlineData("append k 1; clear k", null)]
    [InlineData("clearrange a z; append k 1; append k 2", "12")]
    [InlineData("set k 1; clearrange a z", null)]
    public async Task Reads_see_writes_in_their_order_and_so_does_the_commit(string calls, string? expected)
    {
        using var transaction = _scene.Begin();
        await ContractCalls.RunAllAsync(transaction, calls);

        Assert.Equal(expected, TextOrNull(await transaction.GetAsync("k"u8)));
        await transaction.CommitAsync();
        Assert.Equal(expected, await _scene.ReadAsync("k"));
    }

    [Theory]
    [InlineData("stampvalue k", "get k")]
    [InlineData("stampvalue k", "page a z")]
    [InlineData("stampvalue k", "key j < 1; key j < 2")]
    [InlineData("stampvalue k; set k", "get k")]
    [InlineData("stampvalue k; add k", "get k")]
    [InlineData("stampvalue m; snapshot m", "get k")]
    [InlineData("stampkey x", "page a z")]
    [InlineData("stampkey x", "get x9999999999")]
    [InlineData("stampkey x", "snapshot x9999999999")]
    public async Task What_depends_on_the_stamp_of_this_very_commit_cannot_be_read_and_then_not_committed(
        string writes, string read)
    {
        using var transaction = _scene.Begin();
        int? code = null;
        foreach (var call in $"{writes};{read}".Split(';', StringSplitOptions.TrimEntries))
            code ??= await CodeAsync(ContractCalls.RunAsync(transaction, call));

        Assert.Equal(1036, code);
        Assert.Equal(1036, await CodeAsync(transaction.CommitAsync()));
    }

    [Theory]
    [InlineData("stampvalue k; clear k", "get k")]
    [InlineData("stampvalue k; clearrange a z; set k", "get k")]
    [InlineData("stampvalue k", "get j")]
    [InlineData("stampvalue k", "page a k")]
    [InlineData("stampkey x", "get y")]
    [InlineData("stampkey x", "page a x")]
    // Stamps are not lower than the read version.
    [InlineData("version; stampkey x", "get x\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("option ReadYourWritesDisable; stampvalue k", "get k")]
    [InlineData("option SnapshotReadYourWritesDisable; stampvalue k", "snapshot k")]
    public async Task What_was_cleared_or_lies_elsewhere_can_be_read(string writes, string read)
    {
        using var transaction = _scene.Begin();
        await ContractCalls.RunAllAsync(transaction, writes);

        await ContractCalls.RunAsync(transaction, read);

        Assert.Null(await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task A_get_that_bypasses_sees_the_operand_and_pages_and_selectors_still_fail()
    {
        using var transaction = _scene.Begin(TransactionOption.BypassUnreadable);
        transaction.SetVersionstampedValue("k"u8, "0123456789\0\0\0\0"u8);

        Assert.Equal("0123456789\0\0\0\0", Text((await transaction.GetAsync("k"u8))!));
        Assert.Equal(1036, await CodeAsync(ContractCalls.RunAsync(transaction, "page a z")));
        Assert.Equal(1036, await CodeAsync(ContractCalls.RunAsync(transaction, "key k < 1")));
    }

    [Fact]
    public async Task Reads_that_do_not_see_own_writes_see_what_is_stored()
    {
        using var transaction = _scene.Begin(TransactionOption.ReadYourWritesDisable);
        await ContractCalls.RunAllAsync(transaction, "set k own; set m own; clearrange a c");

        Assert.Equal("stored", TextOrNull(await transaction.GetAsync("k"u8)));
        Assert.Single(await transaction.GetRangeAsync(new KeyRange("a"u8.ToArray(), "z"u8.ToArray())));
        await transaction.CommitAsync();
        Assert.Equal("own", await _scene.ReadAsync("m"));
    }

    [Theory]
    [InlineData("get k")]
    [InlineData("set k")]
    [InlineData("clearrange a b")]
    [InlineData("page a b")]
    public async Task Whether_reads_see_own_writes_is_decided_before_the_first_of_either(string call)
    {
        using var transaction = _scene.Begin();
        await ContractCalls.RunAsync(transaction, call);
        transaction.SetOption(TransactionOption.ReadYourWritesDisable);

        Assert.Equal(2000, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task The_option_for_the_next_write_is_used_up_also_by_one_that_is_refused()
    {
        using var transaction = _scene.Begin(TransactionOption.NextWriteNoWriteConflictRange);
        transaction.Set(new byte[10_001], []);
        Assert.Equal(2102, await CodeAsync(transaction.CommitAsync()));
        transaction.Reset();
        using var reader = _scene.Begin();
        await ContractCalls.RunAllAsync(reader, "get k; set own");
        transaction.Set("k"u8, []);
        await transaction.CommitAsync();

        Assert.Equal(1020, await CodeAsync(reader.CommitAsync()));
    }
}
