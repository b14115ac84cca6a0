using System.Text.Json.Serialization;

namespace FerrisDB.Bench;

/// <summary>What one cell measured.</summary>
internal sealed record CellResult
{
    /// <summary>The counter of syncs of the log.</summary>
    public const string SyncCounter = "fsyncs";

    public required string Engine { get; init; }

    public required string Workload { get; init; }

    public required int Round { get; init; }

    /// <summary>Why there is no figure; null if there is one.</summary>
    public string? Error { get; init; }

    /// <summary>The engine cannot do this at all, which is no error.</summary>
    public bool Unsupported { get; init; }

    public long Operations { get; init; }

    public double Seconds { get; init; }

    /// <summary>Operations per second, or milliseconds where the workload's figure is a duration.</summary>
    public double Figure { get; init; }

    public double P50Us { get; init; }

    public double P99Us { get; init; }

    public double P999Us { get; init; }

    public double MaxUs { get; init; }

    /// <summary>Bytes that this process wrote up to the end of settling, log included, its reserve not.</summary>
    public long BytesWritten { get; init; }

    /// <summary>
    /// Bytes that the disk took meanwhile, from whichever process and with everything the file system adds.
    /// </summary>
    public long DeviceBytes { get; init; }

    public double SettleSeconds { get; init; }

    /// <summary>File sizes after settling, without the log.</summary>
    public long DiskBytes { get; init; }

    public long LogBytes { get; init; }

    /// <summary>Highest anonymous resident memory seen; mapped files are not in it.</summary>
    public long PeakAnonymousBytes { get; init; }

    /// <summary>Highest resident memory (VmHWM), mapped files included.</summary>
    public long PeakResidentBytes { get; init; }

    public double AllocatedBytesPerOperation { get; init; }

    public int Gen0Collections { get; init; }

    public int Gen1Collections { get; init; }

    public int Gen2Collections { get; init; }

    public double GcPauseMs { get; init; }

    public double CpuSeconds { get; init; }

    /// <summary>
    /// The longest time that a thread which only sleeps was kept from waking: the machine's part of any long latency.
    /// </summary>
    public double IdleGapMs { get; init; }

    /// <summary>
    /// The longest that the engine itself held one write up, warm-up included; 0 if it does not tell.
    /// </summary>
    public double LongestDelayMs { get; init; }

    /// <summary>The memory that the engine was told to keep to; 0 if there is no such setting.</summary>
    public long MemoryBudgetBytes { get; init; }

    /// <summary>What the engine did not keep, by <see cref="Verdict"/>.</summary>
    public IReadOnlyList<string> Broken { get; init; } = [];

    /// <summary>Writes per second of the thread that writes while others are measured.</summary>
    public double BackgroundRate { get; init; }

    /// <summary>Attempts of transactions that somebody else's made fail.</summary>
    public long Retries { get; init; }

    /// <summary>How many times as long as before a read takes after everything was cleared.</summary>
    public double Slowdown { get; init; }

    /// <summary>Milliseconds of a scan that finds nothing after everything was cleared.</summary>
    public double ScanMs { get; init; }

    /// <summary>Acknowledged writes that a kill lost.</summary>
    public long LostWrites { get; init; }

    /// <summary>What the cell added to the engine's own counters, per operation.</summary>
    public IReadOnlyDictionary<string, double> CountersPerOperation { get; init; } = new Dictionary<string, double>();

    /// <summary>Transactions for each sync of the log; 0 if there was none, or the engine does not tell.</summary>
    [JsonIgnore]
    public double CommitsPerSync =>
        CountersPerOperation.GetValueOrDefault(SyncCounter) is > 0 and var syncs ? 1 / syncs : 0;

    [JsonIgnore]
    public bool HasFigure => Error is null && !Unsupported;
}
