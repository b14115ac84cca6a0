using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>What an error does to a transaction: whether it begins anew, when, and with which options.</summary>
public sealed class RetryTests : IDisposable
{
    private static readonly HashSet<int> Retried =
        [1007, 1009, 1020, 1021, 1037, 1038, 1039, 1042, 1051, 1078, 1079, 1213, 1223];

    private readonly ContractScene _scene = new();

    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>()];

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task After_these_errors_a_transaction_begins_anew_and_after_all_others_it_is_over(ErrorCode code)
    {
        using var transaction = _scene.Begin();
        transaction.Set("k"u8, []);

        var thrown = await OnErrorAsync(transaction, code);

        if (Retried.Contains((int)code))
        {
            Assert.Null(thrown);
            Assert.Null(await transaction.GetAsync("k"u8));
            return;
        }
        // A promise that was broken is one that the transaction itself has made.
        Assert.Equal(code == ErrorCode.BrokenPromise ? 1025 : (int)code, thrown);
        Assert.Equal(1025, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
        Assert.Equal(1025, await CodeAsync(transaction.CommitAsync()));
        Assert.Equal(1025, await OnErrorAsync(transaction, ErrorCode.NotCommitted));
        transaction.Reset();
        Assert.Null(await transaction.GetAsync("k"u8));
    }

    [Theory]
    [InlineData(ErrorCode.NotCommitted, 1_000)]
    [InlineData(ErrorCode.ProcessBehind, 1_000)]
    [InlineData(ErrorCode.CommitProxyMemoryLimitExceeded, 30_000)]
    [InlineData(ErrorCode.GrvProxyMemoryLimitExceeded, 30_000)]
    public void Waits_double_from_ten_milliseconds_up_to_a_bound_and_are_a_random_share_of_that(
        ErrorCode code, double bound)
    {
        var policy = new RetryPolicy();
        var settings = new TransactionSettings { RetryLimit = -1, MaxRetryDelayMs = 1_000 };
        var longest = 10.0;
        for (var attempt = 0; attempt < 15; attempt++)
        {
            var chance = 1 - (attempt / 100.0);
            Assert.Equal(longest * chance, policy.Next(code, settings, chance)!.Value.TotalMilliseconds, precision: 3);
            longest = Math.Min(longest * 2, bound);
        }
        // Who wants no waits has none.
        Assert.Equal(TimeSpan.Zero, policy.Next(code, settings with { MaxRetryDelayMs = 0 }, chance: 1));
    }

    [Theory]
    [InlineData(1_000, 10)]
    [InlineData(5, 5)]
    public void A_version_that_is_too_old_or_to_come_is_waited_for_ten_milliseconds(int maxRetryDelayMs, int waitMs)
    {
        var policy = new RetryPolicy();
        var settings = new TransactionSettings { RetryLimit = -1, MaxRetryDelayMs = maxRetryDelayMs };
        for (var attempt = 0; attempt < 5; attempt++)
        {
            foreach (var code in new[] { ErrorCode.TransactionTooOld, ErrorCode.FutureVersion })
                Assert.Equal(waitMs, policy.Next(code, settings, chance: 0)!.Value.TotalMilliseconds);
        }
    }

    [Fact]
    public async Task Attempts_are_counted_until_a_reset()
    {
        using var transaction = _scene.Begin();
        transaction.SetOption(TransactionOption.RetryLimit, 2);
        Assert.Null(await OnErrorAsync(transaction, ErrorCode.NotCommitted));
        // The limit is an option that is kept; to set it does not begin to count anew.
        transaction.SetOption(TransactionOption.RetryLimit, 2);
        Assert.Null(await OnErrorAsync(transaction, ErrorCode.TransactionTooOld));
        Assert.Equal(1020, await OnErrorAsync(transaction, ErrorCode.NotCommitted));

        transaction.Reset();
        transaction.SetOption(TransactionOption.RetryLimit, 1);
        Assert.Null(await OnErrorAsync(transaction, ErrorCode.NotCommitted));
        Assert.Equal(1020, await OnErrorAsync(transaction, ErrorCode.NotCommitted));
    }

    [Fact]
    public async Task A_retry_keeps_the_options_that_bound_it_and_drops_the_others()
    {
        using var transaction = _scene.Begin(
            TransactionOption.AccessSystemKeys, TransactionOption.ReportConflictingKeys,
            TransactionOption.ReadYourWritesDisable, TransactionOption.SnapshotReadYourWritesDisable);
        transaction.SetOption(TransactionOption.Timeout, 5_000);
        transaction.SetOption(TransactionOption.RetryLimit, 7);
        transaction.SetOption(TransactionOption.MaxRetryDelay, 0);
        transaction.SetOption(TransactionOption.SizeLimit, 1_000);
        Assert.Null(await OnErrorAsync(transaction, ErrorCode.NotCommitted));

        Assert.Equal(
            "max_retry_delay=0 retry_limit=7 size_limit=10000000 timeout=5000", await OptionsAsync(transaction));
        Assert.Equal(2004, await CodeAsync(ContractCalls.RunAsync(transaction, "get \u00ff\u0001")));
        transaction.Reset();
        Assert.Equal(
            "max_retry_delay=0 retry_limit=-1 size_limit=10000000 timeout=0", await OptionsAsync(transaction));
    }

    [Fact]
    public async Task The_time_of_a_transaction_goes_on_over_its_retries_and_ends_all_of_them()
    {
        using var transaction = _scene.Begin();
        transaction.SetOption(TransactionOption.Timeout, 1_000);
        _scene.Clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Null(await OnErrorAsync(transaction, ErrorCode.NotCommitted));
        _scene.Clock.Advance(TimeSpan.FromMilliseconds(100));

        foreach (var call in (string[])["get k", "page a z", "watch k", "version", "stamp"])
            Assert.Equal(1031, await CodeAsync(ContractCalls.RunAsync(transaction, call)));
        Assert.Equal(1031, await OnErrorAsync(transaction, ErrorCode.NotCommitted));
        Assert.Equal(1031, await CodeAsync(transaction.CommitAsync()));
    }

    [Fact]
    public async Task Cancelling_ends_all_that_is_outstanding_and_all_that_comes_until_a_reset()
    {
        using var transaction = _scene.Begin();
        transaction.SetReadVersion(long.MaxValue / 2);
        var reading = transaction.GetAsync("k"u8).AsTask();
        transaction.Cancel();
        _scene.Clock.Advance(TimeSpan.FromSeconds(2));

        foreach (var call in (string[])
            ["get k", "page a z", "watch k", "version", "stamp", "estimate a b", "split a b"])
            Assert.Equal(1025, await CodeAsync(ContractCalls.RunAsync(transaction, call)));
        Assert.Equal(1025, await CodeAsync(transaction.CommitAsync()));
        Assert.Equal(1025, await OnErrorAsync(transaction, ErrorCode.NotCommitted));
        var outstanding = CodeAsync(reading);
        await _scene.LetTimePassAsync(outstanding);
        Assert.NotNull(await outstanding);
        transaction.Reset();
        Assert.Null(await transaction.GetAsync("k"u8));
    }

    private Task<int?> OnErrorAsync(Transaction transaction, ErrorCode code) => CodeAsync(
        transaction.OnErrorAsync(new FerrisException(code, "It failed."), _scene.Cancellation));

    private static async Task<string> OptionsAsync(Transaction transaction)
    {
        var prefix = Bytes("\u00ff\u00ff/transaction/options/");
        var rows = await transaction.GetRangeAsync(new KeyRange(prefix, [.. prefix, 0xff]));
        return string.Join(' ', rows.Select(row =>
            $"{Text(row.Key[prefix.Length..].ToArray())}={Text(row.Value.ToArray())}"));
    }
}
