namespace FerrisDB.BindingTester;

/// <summary>
/// What no stack shows: options, watches, cancellation, retry limits. A failure ends the machine.
/// </summary>
internal static class UnitTests
{
    private const long RetriesMax = 2;

    private static readonly byte[] Key = "unit_tests"u8.ToArray();

    public static async Task RunAsync(Database database)
    {
        SetOptions(database);
        await WatchAsync(database);
        await CancelAsync(database);
        await LimitRetriesAsync(database);
        await database.RunAsync(transaction => transaction.Clear(Key));
    }

    private static void SetOptions(Database database)
    {
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.PrioritySystemImmediate);
        transaction.SetOption(TransactionOption.PriorityBatch);
        transaction.SetOption(TransactionOption.CausalReadRisky);
        transaction.SetOption(TransactionOption.CausalWriteRisky);
        transaction.SetOption(TransactionOption.ReadYourWritesDisable);
        transaction.SetOption(TransactionOption.ReadSystemKeys);
        transaction.SetOption(TransactionOption.AccessSystemKeys);
        transaction.SetOption(TransactionOption.Timeout, 60_000);
        transaction.SetOption(TransactionOption.RetryLimit, 50);
        transaction.SetOption(TransactionOption.MaxRetryDelay, 100);
        transaction.SetOption(TransactionOption.UsedDuringCommitProtectionDisable);
        transaction.SetOption(TransactionOption.DebugTransactionIdentifier, "unit tests"u8);
        transaction.SetOption(TransactionOption.LogTransaction);
    }

    private static async Task WatchAsync(Database database)
    {
        await database.RunAsync(transaction => transaction.Set(Key, "0"u8));
        var watch = await database.RunAsync(transaction => ValueTask.FromResult(transaction.WatchAsync(Key)));
        await database.RunAsync(transaction => transaction.Set(Key, "0"u8));
        Expect(!watch.IsCompleted, "a watch does not fire while the value stays as it was");
        await database.RunAsync(transaction => transaction.Set(Key, "1"u8));
        await watch;
    }

    private static async Task CancelAsync(Database database)
    {
        using var transaction = database.CreateTransaction();
        transaction.Cancel();
        await ExpectAsync(ErrorCode.TransactionCancelled, async () => await transaction.GetAsync(Key));
        transaction.Reset();
        await transaction.GetAsync(Key);
    }

    private static async Task LimitRetriesAsync(Database database)
    {
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.RetryLimit, RetriesMax);
        var conflict = new FerrisException(ErrorCode.NotCommitted, "As if.");
        for (var retry = 0; retry < RetriesMax; retry++)
            await transaction.OnErrorAsync(conflict);
        await ExpectAsync(ErrorCode.NotCommitted, async () => await transaction.OnErrorAsync(conflict));
    }

    private static async Task ExpectAsync(ErrorCode code, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (FerrisException error) when (error.Code == code)
        {
            return;
        }
        Expect(false, $"{code} is told");
    }

    private static void Expect(bool isTrue, string what)
    {
        if (!isTrue)
            throw new InvalidOperationException($"Expected that {what}.");
    }
}
