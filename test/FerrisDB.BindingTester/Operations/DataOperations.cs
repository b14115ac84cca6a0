using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The operations that work on the stack alone, and the one that logs it.</summary>
internal static class DataOperations
{
    private const int LoggedBytesMax = 40_000;
    private const int EntriesPerTransaction = 100;

    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["PUSH"] = step => Done(() => step.Push(step.Argument ?? TupleValue.Null)),
        ["DUP"] = step => Done(step.Stack.Duplicate),
        ["EMPTY_STACK"] = step => Done(step.Stack.Clear),
        ["SWAP"] = async step => step.Stack.Swap(await step.Stack.PopNumberAsync()),
        ["POP"] = async step => await step.Stack.PopAsync(),
        ["SUB"] = async step => step.Push(await step.Stack.PopIntegerAsync() - await step.Stack.PopIntegerAsync()),
        ["CONCAT"] = async step => step.Push(Join(await step.Stack.PopAsync(), await step.Stack.PopAsync())),
        ["WAIT_FUTURE"] = WaitAsync,
        ["LOG_STACK"] = LogAsync,
    };

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static TupleValue Join(TupleValue first, TupleValue second) => first.Kind == TupleValueKind.String
        ? first.As<string>() + second.As<string>()
        : new byte[][] { first.As<byte[]>(), second.As<byte[]>() }.SelectMany(bytes => bytes).ToArray();

    private static async Task WaitAsync(Step step)
    {
        var item = step.Stack.PopItem();
        step.Stack.Push(item.Instruction, await item.ValueAsync());
    }

    // The key tells where on the stack the item lay, and which instruction pushed it.
    private static async Task LogAsync(Step step)
    {
        var log = Subspace.FromPrefix(await step.Stack.PopBytesAsync());
        while (step.Stack.Count > 0)
        {
            List<(byte[] Key, byte[] Value)> entries = [];
            while (step.Stack.Count > 0 && entries.Count < EntriesPerTransaction)
            {
                var item = step.Stack.PopItem();
                var packed = TupleEncoding.Pack(await item.ValueAsync());
                var key = log.Pack(step.Stack.Count, item.Instruction);
                entries.Add((key, packed[..Math.Min(packed.Length, LoggedBytesMax)]));
            }
            await step.Database.RunAsync(transaction =>
            {
                foreach (var (key, value) in entries)
                    transaction.Set(key, value);
            });
        }
    }
}
