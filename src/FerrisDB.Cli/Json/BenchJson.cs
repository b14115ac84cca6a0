namespace FerrisDB.Cli;

/// <summary>What a benchmark measured, and on what.</summary>
internal sealed record BenchJson(
    long Entries, int KeyBytes, int ValueBytes, int Threads, string Durability, int Processors,
    IReadOnlyList<BenchJson.Row> Workloads)
{
    /// <summary>A workload; conflicts only of transactions.</summary>
    internal sealed record Row(
        string Workload, int Threads, long Operations, long EntriesTouched, double Seconds, double OperationsPerSecond,
        long? Conflicts, double P50Microseconds, double P99Microseconds, double P999Microseconds);
}
