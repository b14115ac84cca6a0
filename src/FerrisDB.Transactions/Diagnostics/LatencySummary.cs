namespace FerrisDB.Transactions;

/// <summary>How long things took within some time; all zero if there were none.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Median">Half of them took at most so long.</param>
/// <param name="P99">99 of 100 took at most so long.</param>
/// <param name="Longest">None took longer.</param>
internal readonly record struct LatencySummary(long Count, TimeSpan Median, TimeSpan P99, TimeSpan Longest);
