using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>An item of the stack, or the promise of one, with the number of the instruction that it is from.</summary>
internal readonly record struct StackItem(int Instruction, Task<TupleValue> Result)
{
    /// <summary>The item itself; an error of the database is an item too.</summary>
    public async Task<TupleValue> ValueAsync()
    {
        try
        {
            return await Result;
        }
        catch (FerrisException error)
        {
            return ErrorItem.Of(error);
        }
    }
}
