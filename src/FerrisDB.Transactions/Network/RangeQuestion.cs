namespace FerrisDB.Transactions;

/// <summary>What is asked of a range, beside its ends.</summary>
/// <param name="Version">The version to read at.</param>
/// <param name="RowsMax">Rows at most, at least 1.</param>
/// <param name="TargetBytes">The row that reaches this many bytes is the last one.</param>
/// <param name="Reverse">From the last one to the first.</param>
/// <param name="KeysOnly">Values are not wanted; they come as empty ones.</param>
internal readonly record struct RangeQuestion(
    long Version, int RowsMax, int TargetBytes, bool Reverse, bool KeysOnly);
