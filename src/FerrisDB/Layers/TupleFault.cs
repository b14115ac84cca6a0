namespace FerrisDB.Layers;

/// <summary>Why bytes are no tuple, and at which byte.</summary>
internal readonly record struct TupleFault(int Position, string Problem)
{
    public FerrisException ToException(int element) => new(
        ErrorCode.InvalidTupleDataType,
        $"These bytes are no tuple: {Problem}, at byte {Position}, in element {element}.");
}
