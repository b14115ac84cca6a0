using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The operations that concern the current transaction as a whole: its life, versions and conflicts.</summary>
internal static class TransactionOperations
{
    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["NEW_TRANSACTION"] = step =>
            Done(() => step.Machine.Transactions.Renew(step.Machine.TransactionName, step.Machine.Tenant)),
        ["USE_TRANSACTION"] = UseAsync,
        ["ON_ERROR"] = OnErrorAsync,
        ["COMMIT"] = step => Done(() => step.Push(step.Transaction.CommitAsync().AsTask())),
        ["RESET"] = step => Done(step.Transaction.Reset),
        ["CANCEL"] = step => Done(step.Transaction.Cancel),
        ["GET_READ_VERSION"] = GetReadVersionAsync,
        ["SET_READ_VERSION"] = step => Done(() => step.Transaction.SetReadVersion(step.Machine.LastVersion)),
        ["GET_COMMITTED_VERSION"] = step => Done(() => GetCommittedVersion(step)),
        ["GET_VERSIONSTAMP"] = step => Done(() => step.Push(VersionstampAsync(step.Transaction))),
        ["GET_APPROXIMATE_SIZE"] = step => Done(() => GetApproximateSize(step)),
        ["DISABLE_WRITE_CONFLICT"] = step =>
            Done(() => step.Transaction.SetOption(TransactionOption.NextWriteNoWriteConflictRange)),
        ["READ_CONFLICT_RANGE"] = step => AddRangeAsync(step, step.Transaction.AddReadConflictRange),
        ["WRITE_CONFLICT_RANGE"] = step => AddRangeAsync(step, step.Transaction.AddWriteConflictRange),
        ["READ_CONFLICT_KEY"] = step => AddKeyAsync(step, step.Transaction.AddReadConflictRange),
        ["WRITE_CONFLICT_KEY"] = step => AddKeyAsync(step, step.Transaction.AddWriteConflictRange),
    };

    private delegate void AddConflictRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end);

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task UseAsync(Step step)
    {
        step.Machine.TransactionName = await step.Stack.PopAsync();
        step.Machine.Transactions.Ensure(step.Machine.TransactionName, step.Machine.Tenant);
    }

    private static async Task OnErrorAsync(Step step)
    {
        var code = (ErrorCode)await step.Stack.PopNumberAsync();
        if (code == 0)
            throw new FerrisException(ErrorCode.ClientInvalidOperation, "0 is no error.");
        var error = new FerrisException(code, "As an instruction says.");
        step.Push(step.Transaction.OnErrorAsync(error).AsTask());
    }

    private static async Task GetReadVersionAsync(Step step)
    {
        step.Machine.LastVersion = await step.ReadAsync(reader => reader.GetReadVersionAsync());
        step.Push("GOT_READ_VERSION");
    }

    private static void GetCommittedVersion(Step step)
    {
        step.Machine.LastVersion = step.Transaction.CommittedVersion;
        step.Push("GOT_COMMITTED_VERSION");
    }

    private static async Task<TupleValue> VersionstampAsync(Transaction transaction) =>
        await transaction.GetVersionstampAsync();

    private static void GetApproximateSize(Step step)
    {
        if (step.Transaction.ApproximateSizeBytes < 0)
            throw new InvalidOperationException("A transaction has less than no bytes.");
        step.Push("GOT_APPROXIMATE_SIZE");
    }

    // The transaction itself would keep the error of an inverted range for later; the range refuses it at once.
    private static async Task AddRangeAsync(Step step, AddConflictRange add)
    {
        var range = new KeyRange(await step.Stack.PopBytesAsync(), await step.Stack.PopBytesAsync());
        add(range.Begin, range.End);
        step.Push("SET_CONFLICT_RANGE");
    }

    private static async Task AddKeyAsync(Step step, AddConflictRange add)
    {
        var key = await step.Stack.PopBytesAsync();
        add(key, (byte[])[.. key, 0]);
        step.Push("SET_CONFLICT_KEY");
    }
}
