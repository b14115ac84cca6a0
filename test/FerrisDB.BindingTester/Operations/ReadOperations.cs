using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The operations that read keys, ranges and their sizes.</summary>
internal static class ReadOperations
{
    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["GET"] = GetAsync,
        ["GET_KEY"] = GetKeyAsync,
        ["GET_RANGE"] = GetRangeAsync,
        ["GET_RANGE_STARTS_WITH"] = GetRangeStartsWithAsync,
        ["GET_RANGE_SELECTOR"] = GetRangeSelectorAsync,
        ["GET_ESTIMATED_RANGE_SIZE"] = GetEstimatedRangeSizeAsync,
        ["GET_RANGE_SPLIT_POINTS"] = GetRangeSplitPointsAsync,
    };

    private static async Task GetAsync(Step step)
    {
        var key = await step.Stack.PopBytesAsync();
        step.Push(Get());

        async Task<TupleValue> Get()
        {
            var value = await step.ReadAsync(reader => reader.GetAsync(key));
            return value is null ? ErrorItem.NotPresent : value;
        }
    }

    private static async Task GetKeyAsync(Step step)
    {
        var selector = await PopSelectorAsync(step);
        var prefix = await step.Stack.PopBytesAsync();
        step.Push(GetKey());

        // Where the key lies outside, it depends on what else is in the database; that it does so is all that counts.
        async Task<TupleValue> GetKey()
        {
            var key = await step.ReadAsync(reader => reader.GetKeyAsync(selector));
            return key.AsSpan().StartsWith(prefix) ? key
                : key.AsSpan().SequenceCompareTo(prefix) < 0 ? prefix
                : KeyPrefix.Next(prefix);
        }
    }

    private static async Task GetRangeAsync(Step step)
    {
        var begin = await step.Stack.PopBytesAsync();
        var end = await step.Stack.PopBytesAsync();
        await PushRowsAsync(step, At(begin), At(end), await PopOptionsAsync(step));
    }

    private static async Task GetRangeStartsWithAsync(Step step)
    {
        var prefix = await step.Stack.PopBytesAsync();
        await PushRowsAsync(step, At(prefix), At(KeyPrefix.Next(prefix)), await PopOptionsAsync(step));
    }

    private static async Task GetRangeSelectorAsync(Step step)
    {
        var begin = await PopSelectorAsync(step);
        var end = await PopSelectorAsync(step);
        var options = await PopOptionsAsync(step);
        await PushRowsAsync(step, begin, end, options, await step.Stack.PopBytesAsync());
    }

    private static async Task GetEstimatedRangeSizeAsync(Step step)
    {
        var range = new KeyRange(await step.Stack.PopBytesAsync(), await step.Stack.PopBytesAsync());
        await step.Transaction.GetEstimatedRangeSizeBytesAsync(range);
        step.Push("GOT_ESTIMATED_RANGE_SIZE");
    }

    private static async Task GetRangeSplitPointsAsync(Step step)
    {
        var range = new KeyRange(await step.Stack.PopBytesAsync(), await step.Stack.PopBytesAsync());
        await step.Transaction.GetRangeSplitPointsAsync(range, (long)await step.Stack.PopIntegerAsync());
        step.Push("GOT_RANGE_SPLIT_POINTS");
    }

    private static KeySelector At(byte[] key) => KeySelector.FirstGreaterOrEqual(key);

    private static async Task<KeySelector> PopSelectorAsync(Step step)
    {
        var key = await step.Stack.PopBytesAsync();
        var orEqual = await step.Stack.PopFlagAsync();
        return new KeySelector(key, orEqual, await step.Stack.PopNumberAsync());
    }

    private static async Task<RangeOptions> PopOptionsAsync(Step step)
    {
        var limit = await step.Stack.PopNumberAsync();
        var reverse = await step.Stack.PopFlagAsync();
        var mode = (StreamingMode)await step.Stack.PopNumberAsync();
        return new RangeOptions { Limit = limit, Reverse = reverse, Mode = mode };
    }

    // Keys and values one behind the other, as one packed tuple.
    private static async Task PushRowsAsync(
        Step step, KeySelector begin, KeySelector end, RangeOptions options, byte[]? prefix = null)
    {
        step.Push(TupleEncoding.Pack(await step.ReadAsync(Read)));

        async ValueTask<TupleValue[]> Read(IReadTransaction reader)
        {
            List<TupleValue> elements = [];
            await foreach (var (key, value) in reader.GetRange(begin, end, options))
            {
                if (key.Span.StartsWith(prefix))
                    elements.AddRange(key, value);
            }
            return [.. elements];
        }
    }
}
