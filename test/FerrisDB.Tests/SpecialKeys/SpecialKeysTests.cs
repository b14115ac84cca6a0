using System.Text;
using System.Text.Json;
using FerrisDB.Tests.Transactions;

namespace FerrisDB.Tests.SpecialKeys;

/// <summary>Keys from \xff\xff on: what a transaction is told about itself and about the database.</summary>
public sealed class SpecialKeysTests : IDisposable
{
    private readonly Database _database = Database.OpenInMemory();

    [Fact]
    public async Task Conflict_ranges_are_shown_by_their_boundaries_merged_and_sorted()
    {
        using var transaction = _database.CreateTransaction();
        await transaction.GetAsync("m"u8);
        transaction.AddReadConflictRange("a"u8, "c"u8);
        transaction.AddReadConflictRange("b"u8, "d"u8);
        transaction.Set("x"u8, []);

        Assert.Equal("a=1 d=0 m=1 m\\x00=0", await RowsAsync(transaction, "transaction/read_conflict_range/"));
        Assert.Equal("x=1 x\\x00=0", await RowsAsync(transaction, "transaction/write_conflict_range/"));
    }

    [Fact]
    public async Task After_a_conflict_its_ranges_can_be_read_until_the_transaction_starts_anew()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.ReportConflictingKeys);
        await transaction.GetAsync("a"u8);
        await transaction.GetAsync("b"u8);
        transaction.Set("x"u8, []);
        await _database.RunAsync(other => other.Set("b"u8, []), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<FerrisException>(async () => await transaction.CommitAsync());

        Assert.Equal("b=1 b\\x00=0", await RowsAsync(transaction, "transaction/conflicting_keys/"));
        await transaction.OnErrorAsync(error, TestContext.Current.CancellationToken);
        Assert.Equal("", await RowsAsync(transaction, "transaction/conflicting_keys/"));
    }

    [Fact]
    public async Task The_status_is_a_document_that_says_that_the_database_is_there()
    {
        using var transaction = _database.CreateTransaction();

        using var status = JsonDocument.Parse(await transaction.GetAsync(Special("status/json")));

        Assert.True(status.RootElement.GetProperty("client").GetProperty("database_status")
            .GetProperty("available").GetBoolean());
        Assert.True(status.RootElement.GetProperty("cluster").GetProperty("database_available").GetBoolean());
    }

    [Fact]
    public async Task Options_in_force_are_echoed()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.RetryLimit, 7);
        transaction.SetOption(TransactionOption.AccessSystemKeys);

        var rows = await RowsAsync(transaction, "transaction/options/");

        Assert.Contains("access_system_keys=1", rows, StringComparison.Ordinal);
        Assert.Contains("retry_limit=7", rows, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_across_modules_or_outside_of_all_is_refused_unless_that_is_allowed()
    {
        using var transaction = _database.CreateTransaction();

        Assert.Equal(ErrorCode.SpecialKeysCrossModuleRead, await CodeAsync(
            () => RangeAsync(transaction, Special("status/json"), Special("transaction/options/z"))));
        Assert.Equal(ErrorCode.SpecialKeysNoModuleFound, await CodeAsync(
            () => RangeAsync(transaction, Special("x"), Special("y"))));
        Assert.Equal(ErrorCode.SpecialKeysNoModuleFound, await CodeAsync(
            async () => await transaction.GetAsync(Special("x"))));

        transaction.SetOption(TransactionOption.SpecialKeySpaceRelaxed);
        Assert.Empty(await RangeAsync(transaction, Special("x"), Special("y")));
        Assert.NotEmpty(await RangeAsync(transaction, Special("status/json"), Special("transaction/options/z")));
    }

    [Fact]
    public async Task Selectors_limits_and_direction_hold_for_special_keys_too()
    {
        using var transaction = _database.CreateTransaction();
        transaction.AddReadConflictRange("a"u8, "b"u8);
        transaction.AddReadConflictRange("c"u8, "d"u8);
        var prefix = Special("transaction/read_conflict_range/");
        byte[] end = [.. prefix, 0xff];

        var page = await transaction.GetPageAsync(
            KeySelector.FirstGreaterOrEqual(prefix) + 1, KeySelector.FirstGreaterOrEqual(end),
            new RangeOptions { Reverse = true, Limit = 2 });

        Assert.True(page.More);
        Assert.Equal(["d", "c"], page.Select(row => Encoding.UTF8.GetString(row.Key.Span[prefix.Length..])));
    }

    [Theory]
    [InlineData(false, "status/json", ErrorCode.SpecialKeysWriteDisabled)]
    [InlineData(true, "status/json", ErrorCode.SpecialKeysNoWriteModuleFound)]
    [InlineData(true, "management/tenant/map/one", ErrorCode.TenantsDisabled)]
    public async Task A_write_to_a_special_key_is_refused_at_the_commit(bool isEnabled, string key, ErrorCode expected)
    {
        using var transaction = _database.CreateTransaction();
        if (isEnabled)
            transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        transaction.Set(Special(key), []);

        Assert.Equal(expected, await CodeAsync(async () => await transaction.CommitAsync()));
    }

    [Theory]
    [InlineData("connection_string", "management/tenant/map/x")]
    [InlineData("connection_string", "status/json\0")]
    public async Task A_clear_from_one_module_to_another_is_refused(string begin, string end)
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        transaction.ClearRange(Special(begin), Special(end));

        Assert.Equal(
            ErrorCode.SpecialKeysCrossModuleClear, await CodeAsync(async () => await transaction.CommitAsync()));
    }

    [Fact]
    public async Task Who_may_write_special_keys_may_read_those_of_the_system()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);

        Assert.Null(await transaction.GetAsync([0xff, 0x02]));
    }

    [Fact]
    public async Task A_transaction_that_is_over_tells_nothing_about_itself_either()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceRelaxed);
        transaction.Cancel();

        foreach (var key in new byte[][] { [0xff, 0xff], Special("status/json"), Special("x") })
        {
            Assert.Equal(ErrorCode.TransactionCancelled, await CodeAsync(async () => await transaction.GetAsync(key)));
            Assert.Equal(ErrorCode.TransactionCancelled, await CodeAsync(
                () => RangeAsync(transaction, key, [.. key, 0])));
        }
    }

    [Fact]
    public async Task A_transaction_has_a_name_for_traces_and_takes_another_one_before_it_writes()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        var drawn = await RowsAsync(transaction, "tracing/");
        Assert.Matches("^token=[1-9][0-9]* transaction_id=[0-9a-f]{32}$", drawn);
        Assert.Equal(drawn, await RowsAsync(transaction, "tracing/"));

        var own = new string('1', 32);
        transaction.Set(Special("tracing/token"), "false"u8);
        transaction.Set(Special("tracing/transaction_id"), Encoding.UTF8.GetBytes(own));
        Assert.Equal($"token=0 transaction_id={own}", await RowsAsync(transaction, "tracing/"));
        transaction.Set("k"u8, "v"u8);
        transaction.Set(Special("tracing/transaction_id"), Encoding.UTF8.GetBytes(new string('2', 32)));
        Assert.EndsWith(own, await RowsAsync(transaction, "tracing/"), StringComparison.Ordinal);
        await transaction.CommitAsync();
        transaction.Reset();
        Assert.NotEqual(drawn, await RowsAsync(transaction, "tracing/"));
    }

    [Theory]
    [InlineData("tracing/token", "perhaps")]
    [InlineData("tracing/transaction_id", "short")]
    [InlineData("tracing/other", "true")]
    public async Task A_name_for_traces_that_is_none_is_refused(string key, string value)
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        transaction.Set(Special(key), Encoding.UTF8.GetBytes(value));

        Assert.Equal(ErrorCode.SpecialKeysApiFailure, await CodeAsync(async () => await transaction.CommitAsync()));
    }

    [Theory]
    [InlineData(true, "configure trace")]
    [InlineData(false, "clear trace")]
    public async Task Why_a_special_key_was_not_written_can_be_read_until_the_transaction_starts_anew(
        bool isSet, string command)
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        Assert.Null(await transaction.GetAsync(Special("error_message")));
        if (isSet)
            transaction.Set(Special("tracing/token"), "perhaps"u8);
        else
            transaction.Clear(Special("tracing/token"));
        Assert.Equal(ErrorCode.SpecialKeysApiFailure, await CodeAsync(async () => await transaction.CommitAsync()));

        using var reason = JsonDocument.Parse(await transaction.GetAsync(Special("error_message")));
        Assert.False(reason.RootElement.GetProperty("retriable").GetBoolean());
        Assert.Equal(command, reason.RootElement.GetProperty("command").GetString());
        Assert.Contains("tracing/", reason.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
        transaction.Reset();
        Assert.Null(await transaction.GetAsync(Special("error_message")));
    }

    [Fact]
    public async Task Conflict_ranges_are_shown_when_the_reads_that_are_under_way_have_ended()
    {
        DelayedCluster? cluster = null;
        using var delayed = Database.OpenInMemory(
            new DatabaseOptions(), inner => cluster = new DelayedCluster(inner, new Random(2)));
        using var transaction = delayed.CreateTransaction();
        var reading = transaction.GetPageAsync(new KeyRange("a"u8.ToArray(), "c"u8.ToArray())).AsTask();
        var ranges = RowsAsync(transaction, "transaction/read_conflict_range/");
        var begin = transaction.GetAsync(Special("transaction/read_conflict_range/a")).AsTask();
        Assert.False(reading.IsCompleted || ranges.IsCompleted || begin.IsCompleted);
        while (cluster!.AnswerOne())
        {
        }
        await reading.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal("a=1 c=0", await ranges);
        Assert.Equal("1"u8.ToArray(), await begin);
    }

    [Fact]
    public async Task Clearing_all_tenants_is_accepted_because_there_are_none()
    {
        using var transaction = _database.CreateTransaction();
        transaction.SetOption(TransactionOption.SpecialKeySpaceEnableWrites);
        transaction.ClearRange(Special("management/tenant/map/"), Special("management/tenant/map0"));

        await transaction.CommitAsync();

        Assert.Equal(-1, transaction.CommittedVersion);
    }

    public void Dispose() => _database.Dispose();

    private static byte[] Special(string key) => [0xff, 0xff, .. "/"u8, .. Encoding.UTF8.GetBytes(key)];

    private static async Task<ErrorCode> CodeAsync(Func<Task> action) =>
        (await Assert.ThrowsAsync<FerrisException>(action)).Code;

    private static async Task<IReadOnlyList<KeyValue>> RangeAsync(Transaction transaction, byte[] begin, byte[] end) =>
        await transaction.GetRangeAsync(new KeyRange(begin, end));

    private static async Task<string> RowsAsync(Transaction transaction, string prefix)
    {
        var begin = Special(prefix);
        var rows = await RangeAsync(transaction, begin, [.. begin, 0xff]);
        return string.Join(' ', rows.Select(row =>
            $"{KeyText.Of(row.Key.Span[begin.Length..])}={Encoding.UTF8.GetString(row.Value.Span)}"));
    }
}
