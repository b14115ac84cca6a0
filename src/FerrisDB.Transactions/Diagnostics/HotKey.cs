namespace FerrisDB.Transactions;

/// <summary>A key that comes up often.</summary>
/// <param name="Key">The key, or its first bytes if it is very long.</param>
/// <param name="Count">How often it came up in the sample, at most.</param>
/// <param name="Error">By so much the count may be too high.</param>
internal readonly record struct HotKey(byte[] Key, long Count, long Error);
