using System.Globalization;
using System.Numerics;
using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>The stack of a machine. Whoever pops an item that is still a promise waits for it.</summary>
internal sealed class MachineStack
{
    // The last one is the top.
    private readonly List<StackItem> _items = [];

    public int Count => _items.Count;

    public void Push(StackItem item) => _items.Add(item);

    public void Push(int instruction, TupleValue value) => Push(new StackItem(instruction, Task.FromResult(value)));

    public void Duplicate() => Push(_items[^1]);

    public void Clear() => _items.Clear();

    /// <summary>Exchanges the top with the item that lies so much deeper.</summary>
    public void Swap(int depth) => (_items[^1], _items[^(depth + 1)]) = (_items[^(depth + 1)], _items[^1]);

    public StackItem PopItem()
    {
        var item = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        return item;
    }

    public Task<TupleValue> PopAsync() => PopItem().ValueAsync();

    public async Task<byte[]> PopBytesAsync() => (await PopAsync()).As<byte[]>();

    public async Task<string> PopTextAsync() => (await PopAsync()).As<string>();

    public async Task<BigInteger> PopIntegerAsync() => (await PopAsync()).As<BigInteger>();

    public async Task<int> PopNumberAsync() => (int)await PopIntegerAsync();

    /// <summary>True and false are the integers 1 and 0 to some who write instructions.</summary>
    public async Task<bool> PopFlagAsync()
    {
        var value = await PopAsync();
        return value.TryAs<bool>(out var flag) ? flag : !value.As<BigInteger>().IsZero;
    }

    public async Task<TupleValue[]> PopManyAsync(int count)
    {
        var values = new TupleValue[count];
        for (var index = 0; index < count; index++)
            values[index] = await PopAsync();
        return values;
    }

    /// <summary>A tuple lies on the stack with the number of its elements on top of them.</summary>
    public async Task<TupleValue[]> PopTupleAsync() => await PopManyAsync(await PopNumberAsync());

    public override string ToString() => _items.Count.ToString(CultureInfo.InvariantCulture);
}
