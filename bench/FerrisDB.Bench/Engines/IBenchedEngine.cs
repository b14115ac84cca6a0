using System.Collections.Immutable;

namespace FerrisDB.Bench;

/// <summary>An open database of one engine, as the benchmark sees it. <c>Dispose</c> closes it cleanly.</summary>
/// <remarks>
/// An adapter adds nothing to what the engine does: no buffer, lock or allocation of its own on the way of an
/// operation. What each thread needs for itself (a prepared statement, a read transaction) lives in its session.
/// </remarks>
internal interface IBenchedEngine : IDisposable
{
    /// <summary>A handle for one thread. Closed before the engine is.</summary>
    IEngineSession NewSession();

    /// <summary>
    /// Writes out everything that is only in memory and waits until the engine has no background work left.
    /// </summary>
    void Settle();

    /// <summary>True for a file that is part of the log, whose size is reported apart from that of the data.</summary>
    bool IsLog(string relativePath);

    /// <summary>
    /// What to add to the bytes that this process has passed to write calls: stores into mapped files, less what only
    /// reserved space for the log.
    /// </summary>
    long BytesWrittenCorrection() => 0;

    /// <summary>
    /// The longest that the engine itself has held up one write since it was opened; null if it does not tell.
    /// </summary>
    TimeSpan? LongestDelay => null;

    /// <summary>Bytes of all data for each byte that is needed; null if the engine does not tell.</summary>
    double? SpaceAmplification => null;

    /// <summary>Bytes of memory that the engine was told to keep to; null if there is no such setting.</summary>
    long? MemoryBudgetBytes => null;

    /// <summary>
    /// The engine's own counters, by name; the report shows what a cell added to each, per operation.
    /// </summary>
    IReadOnlyDictionary<string, double> ReadCounters() => ImmutableDictionary<string, double>.Empty;
}
