using System.Globalization;
using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>Which values each option of a transaction takes, and what it says to others.</summary>
public sealed class TransactionOptionTests : IDisposable
{
    private static readonly Dictionary<TransactionOption, string> Values = new()
    {
        [TransactionOption.Timeout] = "0 2147483647 !-1 !2147483648 !short !none",
        [TransactionOption.RetryLimit] = "-1 0 2147483647 !-2 !2147483648 !short !none",
        [TransactionOption.MaxRetryDelay] = "0 2147483647 !-1 !2147483648 !short !none",
        [TransactionOption.SizeLimit] = "32 10000000 !31 !10000001 !short !none",
        [TransactionOption.TransactionLoggingMaxFieldLength] = "-1 1 2147483647 !0 !-2 !2147483648 !short !none",
        [TransactionOption.DebugTransactionIdentifier] = "1B 100B !none !101B",
        [TransactionOption.TransactionLoggingEnable] = "1B 100B !none !101B",
        [TransactionOption.DebugRetryLogging] = "none 5B",
        [TransactionOption.AuthorizationToken] = "none 500B",
        [TransactionOption.SpanParent] = "33B !32B !34B !none",
        [TransactionOption.IdempotencyId] = "16B 255B !15B=2007 !256B=2007",
        [TransactionOption.Tag] = "255B !256B=2110",
        [TransactionOption.AutoThrottleTag] = "255B !256B=2110",
        // It needs one of these first.
        [TransactionOption.LogTransaction] = "!none=2000",
        // There is no cache of read versions.
        [TransactionOption.UseGrvCache] = "!none=2007",
    };

    private readonly ContractScene _scene = new();

    public static TheoryData<TransactionOption> All => [.. Enum.GetValues<TransactionOption>()];

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_option_takes_these_values_and_any_other_is_an_error_of_the_next_call_with_a_result(
        TransactionOption option)
    {
        foreach (var word in Values.GetValueOrDefault(option, "none !8B").Split(' '))
        {
            using var transaction = _scene.Begin();
            var (value, code) = Parse(word);
            transaction.SetOption(option, value);

            Assert.Equal(code, await CodeAsync(transaction.CommitAsync()));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(22)]
    [InlineData(9999)]
    public async Task An_option_that_does_not_exist_is_refused_at_once_and_nothing_else_is(int option)
    {
        using var transaction = _scene.Begin();
        var refused = Assert.Throws<FerrisException>(() => transaction.SetOption((TransactionOption)option));

        Assert.Equal(ErrorCode.InvalidOption, refused.Code);
        Assert.Null(await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task Five_tags_are_as_many_as_a_transaction_has()
    {
        using var transaction = _scene.Begin();
        for (var tag = 0; tag < 5; tag++)
            transaction.SetOption(TransactionOption.Tag, [(byte)tag]);
        Assert.Null(await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
        transaction.SetOption(TransactionOption.AutoThrottleTag, [5]);

        Assert.Equal(2109, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
    }

    [Theory]
    [InlineData(TransactionOption.DebugTransactionIdentifier)]
    [InlineData(TransactionOption.TransactionLoggingEnable)]
    public async Task A_name_can_be_given_twice_but_not_changed_and_then_the_transaction_can_be_logged(
        TransactionOption option)
    {
        using var transaction = _scene.Begin();
        transaction.SetOption(option, "name"u8);
        transaction.SetOption(TransactionOption.DebugTransactionIdentifier, "name"u8);
        transaction.SetOption(TransactionOption.LogTransaction);
        Assert.Null(await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
        transaction.SetOption(TransactionOption.DebugTransactionIdentifier, "other"u8);

        Assert.Equal(2000, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
    }

    [Theory]
    [InlineData("version")]
    [InlineData("get k")]
    [InlineData("option InitializeNewDatabase")]
    public async Task A_database_is_made_by_a_transaction_that_has_no_read_version_yet(string call)
    {
        using var transaction = _scene.Begin();
        await ContractCalls.RunAsync(transaction, call);
        transaction.SetOption(TransactionOption.InitializeNewDatabase);

        Assert.Equal(2010, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task Who_makes_a_database_reads_nothing_and_writes_without_a_read_version()
    {
        using var transaction = _scene.Begin(TransactionOption.InitializeNewDatabase);
        Assert.Equal(0, await transaction.GetReadVersionAsync());
        transaction.Set("k"u8, []);
        Assert.NotNull(await transaction.GetAsync("k"u8));
        await transaction.CommitAsync();
        using var reading = _scene.Begin(TransactionOption.InitializeNewDatabase);
        Assert.Equal(2000, await CodeAsync(reading.GetAsync("k"u8).AsTask()));
        using var setting = _scene.Begin(TransactionOption.InitializeNewDatabase);
        setting.SetReadVersion(1);
        Assert.Equal(2010, await CodeAsync(setting.CommitAsync()));
    }

    private static (byte[] Value, int? Code) Parse(string word)
    {
        var isRefused = word.StartsWith('!');
        var parts = word.TrimStart('!').Split('=');
        int? code = !isRefused ? null : parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 2006;
        byte[] value = parts[0] switch
        {
            "none" => [],
            "short" => new byte[7],
            [.. var bytes, 'B'] => Bytes(new string('x', int.Parse(bytes, CultureInfo.InvariantCulture))),
            var number => BitConverter.GetBytes(long.Parse(number, CultureInfo.InvariantCulture)),
        };
        return (value, code);
    }
}
