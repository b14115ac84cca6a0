namespace FerrisDB.BindingTester;

/// <summary>The operations that write.</summary>
internal static class WriteOperations
{
    private static readonly Dictionary<string, MutationType> Mutations = new()
    {
        ["ADD"] = MutationType.Add,
        ["AND"] = MutationType.BitAnd,
        ["BIT_AND"] = MutationType.BitAnd,
        ["OR"] = MutationType.BitOr,
        ["BIT_OR"] = MutationType.BitOr,
        ["XOR"] = MutationType.BitXor,
        ["BIT_XOR"] = MutationType.BitXor,
        ["APPEND_IF_FITS"] = MutationType.AppendIfFits,
        ["MAX"] = MutationType.Max,
        ["MIN"] = MutationType.Min,
        ["BYTE_MIN"] = MutationType.ByteMin,
        ["BYTE_MAX"] = MutationType.ByteMax,
        ["COMPARE_AND_CLEAR"] = MutationType.CompareAndClear,
        ["SET_VERSIONSTAMPED_KEY"] = MutationType.SetVersionstampedKey,
        ["SET_VERSIONSTAMPED_VALUE"] = MutationType.SetVersionstampedValue,
    };

    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["SET"] = SetAsync,
        ["CLEAR"] = ClearAsync,
        ["CLEAR_RANGE"] = ClearRangeAsync,
        ["CLEAR_RANGE_STARTS_WITH"] = ClearRangeStartsWithAsync,
        ["ATOMIC_OP"] = AtomicAsync,
    };

    private static async Task SetAsync(Step step)
    {
        var key = await step.Stack.PopBytesAsync();
        var value = await step.Stack.PopBytesAsync();
        await step.WriteAsync(transaction => transaction.Set(key, value));
    }

    private static async Task ClearAsync(Step step)
    {
        var key = await step.Stack.PopBytesAsync();
        await step.WriteAsync(transaction => transaction.Clear(key));
    }

    private static async Task ClearRangeAsync(Step step)
    {
        var begin = await step.Stack.PopBytesAsync();
        var end = await step.Stack.PopBytesAsync();
        await step.WriteAsync(transaction => transaction.ClearRange(begin, end));
    }

    private static async Task ClearRangeStartsWithAsync(Step step)
    {
        var range = KeyPrefix.Range(await step.Stack.PopBytesAsync());
        await step.WriteAsync(transaction => transaction.ClearRange(range));
    }

    private static async Task AtomicAsync(Step step)
    {
        var mutation = Mutations[await step.Stack.PopTextAsync()];
        var key = await step.Stack.PopBytesAsync();
        var operand = await step.Stack.PopBytesAsync();
        await step.WriteAsync(transaction => transaction.Atomic(mutation, key, operand));
    }
}
