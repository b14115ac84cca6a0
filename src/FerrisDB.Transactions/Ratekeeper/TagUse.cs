namespace FerrisDB.Transactions;

/// <summary>What those with a tag asked for in some time.</summary>
/// <param name="Starts">Transactions that wanted to start.</param>
/// <param name="Bytes">Bytes of the commits that they sent.</param>
internal readonly record struct TagUse(long Starts, long Bytes);
