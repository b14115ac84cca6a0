using static FerrisDB.Tests.Transactions.ContractScene;

namespace FerrisDB.Tests.Transactions;

/// <summary>Which values each option of a database takes, and from when on its transactions have them.</summary>
public sealed class DatabaseOptionTests : IDisposable
{
    private readonly ContractScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(DatabaseOption.LocationCacheSize, 0, int.MaxValue)]
    [InlineData(DatabaseOption.MaxWatches, 0, 1_000_000)]
    [InlineData(DatabaseOption.TestCausalReadRisky, 0, 100)]
    [InlineData(DatabaseOption.TransactionTimeout, 0, int.MaxValue)]
    [InlineData(DatabaseOption.TransactionRetryLimit, -1, int.MaxValue)]
    [InlineData(DatabaseOption.TransactionMaxRetryDelay, 0, int.MaxValue)]
    [InlineData(DatabaseOption.TransactionSizeLimit, 32, 10_000_000)]
    [InlineData(DatabaseOption.TransactionLoggingMaxFieldLength, -1, int.MaxValue)]
    public void An_option_that_is_a_number_has_bounds(DatabaseOption option, int min, int max)
    {
        _scene.Database.SetOption(option, min);
        _scene.Database.SetOption(option, max);
        byte[][] wrong = [BitConverter.GetBytes(min - 1L), BitConverter.GetBytes(max + 1L), [], [1]];
        foreach (var value in wrong)
        {
            var refused = Assert.Throws<FerrisException>(() => _scene.Database.SetOption(option, value));
            Assert.Equal(ErrorCode.InvalidOptionValue, refused.Code);
        }
    }

    [Theory]
    [InlineData(DatabaseOption.SnapshotReadYourWritesEnable)]
    [InlineData(DatabaseOption.SnapshotReadYourWritesDisable)]
    [InlineData(DatabaseOption.TransactionCausalReadRisky)]
    [InlineData(DatabaseOption.TransactionIncludePortInAddress)]
    [InlineData(DatabaseOption.TransactionAutomaticIdempotency)]
    [InlineData(DatabaseOption.TransactionBypassUnreadable)]
    [InlineData(DatabaseOption.TransactionUsedDuringCommitProtectionDisable)]
    [InlineData(DatabaseOption.TransactionReportConflictingKeys)]
    [InlineData(DatabaseOption.UseConfigDatabase)]
    public void An_option_that_is_a_switch_takes_no_value(DatabaseOption option)
    {
        _scene.Database.SetOption(option);
        var refused = Assert.Throws<FerrisException>(() => _scene.Database.SetOption(option, [1]));

        Assert.Equal(ErrorCode.InvalidOptionValue, refused.Code);
    }

    [Fact]
    public void Where_the_client_is_takes_any_text_and_what_does_not_exist_is_refused()
    {
        _scene.Database.SetOption(DatabaseOption.MachineId, "here"u8);
        _scene.Database.SetOption(DatabaseOption.DatacenterId, "here"u8);

        var refused = Assert.Throws<FerrisException>(() => _scene.Database.SetOption((DatabaseOption)12_345));
        Assert.Equal(ErrorCode.InvalidOption, refused.Code);
    }

    [Fact]
    public async Task A_default_holds_for_transactions_that_begin_are_reset_or_retried_from_then_on()
    {
        using var reset = _scene.Begin();
        using var retried = _scene.Begin();
        using var running = _scene.Begin();
        _scene.Database.SetOption(DatabaseOption.TransactionSizeLimit, 100);
        using var begun = _scene.Begin();
        reset.Reset();
        await retried.OnErrorAsync(new FerrisException(ErrorCode.NotCommitted, "A conflict."), _scene.Cancellation);

        foreach (var transaction in new[] { begun, reset, retried, running })
        {
            transaction.Set("k"u8, new byte[100]);
            Assert.Equal(transaction == running ? null : 2101, await CodeAsync(transaction.CommitAsync()));
        }
        _scene.Database.SetOption(DatabaseOption.TransactionSizeLimit, 1_000);
        begun.Reset();
        begun.Set("k"u8, new byte[100]);
        Assert.Null(await CodeAsync(begun.CommitAsync()));
    }

    [Fact]
    public async Task Snapshot_reads_of_all_transactions_can_be_kept_from_own_writes()
    {
        _scene.Database.SetOption(DatabaseOption.SnapshotReadYourWritesDisable);
        using var transaction = _scene.Begin();
        transaction.Set("k"u8, []);
        Assert.Null(await transaction.Snapshot.GetAsync("k"u8));
        transaction.SetOption(TransactionOption.SnapshotReadYourWritesEnable);

        Assert.NotNull(await transaction.Snapshot.GetAsync("k"u8));
    }

    [Fact]
    public async Task Timeout_retries_and_unreadable_keys_have_defaults_too()
    {
        _scene.Database.SetOption(DatabaseOption.TransactionTimeout, 1_000);
        _scene.Database.SetOption(DatabaseOption.TransactionRetryLimit, 0);
        _scene.Database.SetOption(DatabaseOption.TransactionBypassUnreadable);
        using var transaction = _scene.Begin();
        transaction.SetVersionstampedValue("k"u8, new byte[14]);
        Assert.NotNull(await transaction.GetAsync("k"u8));
        var conflict = new FerrisException(ErrorCode.NotCommitted, "A conflict.");
        Assert.Equal(1020, await CodeAsync(transaction.OnErrorAsync(conflict, _scene.Cancellation)));
        transaction.Reset();
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1031, await CodeAsync(transaction.GetAsync("k"u8).AsTask()));
    }
}
