namespace FerrisDB;

/// <summary>Asks for the rows from one key to another.</summary>
/// <param name="Begin">The first key.</param>
/// <param name="End">The first key that is not wanted any more.</param>
/// <param name="RowsMax">Rows at most, at least 1.</param>
/// <param name="TargetBytes">The row that reaches this many bytes is the last one.</param>
/// <param name="Reverse">From the last one to the first.</param>
/// <param name="KeysOnly">Values are not wanted; they come as empty ones.</param>
internal readonly record struct RangeRequest(
    ReadOnlyMemory<byte> Begin, ReadOnlyMemory<byte> End, int RowsMax, int TargetBytes, bool Reverse, bool KeysOnly)
{
    /// <summary>Bytes of a row beside those of its key and value, as FoundationDB counts a page.</summary>
    public const int RowOverheadBytes = 24;
}
