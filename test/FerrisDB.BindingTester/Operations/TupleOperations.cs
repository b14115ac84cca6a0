using System.Buffers.Binary;
using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The operations that turn tuples into bytes and back.</summary>
internal static class TupleOperations
{
    public static IReadOnlyDictionary<string, Func<Step, Task>> All { get; } = new Dictionary<string, Func<Step, Task>>
    {
        ["TUPLE_PACK"] = async step => step.Push(TupleEncoding.Pack(await step.Stack.PopTupleAsync())),
        ["TUPLE_PACK_WITH_VERSIONSTAMP"] = PackWithVersionstampAsync,
        ["TUPLE_UNPACK"] = UnpackAsync,
        ["TUPLE_RANGE"] = RangeAsync,
        ["TUPLE_SORT"] = SortAsync,
        ["ENCODE_FLOAT"] = async step =>
            step.Push(BinaryPrimitives.ReadSingleBigEndian(await step.Stack.PopBytesAsync())),
        ["ENCODE_DOUBLE"] = async step =>
            step.Push(BinaryPrimitives.ReadDoubleBigEndian(await step.Stack.PopBytesAsync())),
        ["DECODE_FLOAT"] = DecodeFloatAsync,
        ["DECODE_DOUBLE"] = DecodeDoubleAsync,
    };

    private static async Task PackWithVersionstampAsync(Step step)
    {
        var prefix = Subspace.FromPrefix(await step.Stack.PopBytesAsync());
        var elements = await step.Stack.PopTupleAsync();
        try
        {
            var packed = prefix.PackWithVersionstamp(elements);
            step.Push("OK");
            step.Push(packed);
        }
        catch (FerrisException error) when (error.Code == ErrorCode.InvalidTupleDataType)
        {
            step.Push(CountIncomplete(elements) == 0 ? "ERROR: NONE" : "ERROR: MULTIPLE");
        }
    }

    private static int CountIncomplete(IEnumerable<TupleValue> elements) => elements.Sum(element =>
        element.TryAs<TupleValue[]>(out var nested) && nested is not null ? CountIncomplete(nested)
        : element.TryAs<Versionstamp>(out var stamp) && !stamp.IsComplete ? 1
        : 0);

    private static async Task UnpackAsync(Step step)
    {
        foreach (var element in TupleEncoding.Unpack(await step.Stack.PopBytesAsync()))
            step.Push(TupleEncoding.Pack(element));
    }

    private static async Task RangeAsync(Step step)
    {
        var range = TupleEncoding.Range(await step.Stack.PopTupleAsync());
        step.Push(range.Begin);
        step.Push(range.End);
    }

    // The order of tuples is that of their bytes. They are unpacked and packed all the same, to see that both agree.
    private static async Task SortAsync(Step step)
    {
        var packed = (await step.Stack.PopTupleAsync())
            .Select(value => TupleEncoding.Pack(TupleEncoding.Unpack(value.As<byte[]>())))
            .Order(Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
        foreach (var tuple in packed)
            step.Push(tuple);
    }

    private static async Task DecodeFloatAsync(Step step)
    {
        var number = (await step.Stack.PopAsync()).As<float>();
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleBigEndian(bytes, number);
        step.Push(bytes);
    }

    private static async Task DecodeDoubleAsync(Step step)
    {
        var number = (await step.Stack.PopAsync()).As<double>();
        var bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
        step.Push(bytes);
    }
}
