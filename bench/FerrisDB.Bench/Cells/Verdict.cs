namespace FerrisDB.Bench;

/// <summary>
/// Judges what an engine promises of itself and speed does not show: that it holds no write up for long, and that it
/// keeps to its memory.
/// </summary>
internal static class Verdict
{
    /// <summary>
    /// The longest that an engine may hold one write up, however far flush and compaction are behind.
    /// </summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(10);

    /// <summary>Memory beyond the budget: the runtime, compiled code and the benchmark itself.</summary>
    public const long MemoryAllowanceBytes = 60_000_000;

    /// <summary>What a measured cell did not keep; empty if all is well.</summary>
    public static IReadOnlyList<string> On(CellResult result)
    {
        var broken = new List<string>();
        if (result.LongestDelayMs > LongestDelay.TotalMilliseconds)
        {
            var heldUp = Figures.Invariant($"the engine held a write up for {result.LongestDelayMs:0.0} ms");
            broken.Add($"{heldUp}, above {LongestDelay.Milliseconds} ms");
        }
        var memoryMax = result.MemoryBudgetBytes + MemoryAllowanceBytes;
        if (result.MemoryBudgetBytes > 0 && result.PeakAnonymousBytes > memoryMax)
        {
            broken.Add(
                $"{Figures.Megabytes(result.PeakAnonymousBytes)} MB of anonymous memory, above "
                + $"{Figures.Megabytes(memoryMax)} MB: its budget and {Figures.Megabytes(MemoryAllowanceBytes)} MB");
        }
        return broken;
    }
}
