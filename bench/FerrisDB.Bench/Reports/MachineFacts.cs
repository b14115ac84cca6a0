using System.Runtime.InteropServices;

namespace FerrisDB.Bench;

/// <summary>Where a report was measured.</summary>
internal sealed record MachineFacts
{
    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required long MemoryMb { get; init; }

    public required string System { get; init; }

    public required string Runtime { get; init; }

    /// <summary>
    /// Runnable processes over the minute before the run: much above zero means that others were at work.
    /// </summary>
    public required string LoadBefore { get; init; }

    public required DateTimeOffset Started { get; init; }

    public static MachineFacts Read() => new()
    {
        Processor = FieldOf("/proc/cpuinfo", "model name"),
        Cores = Environment.ProcessorCount,
        MemoryMb = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        System = RuntimeInformation.OSDescription,
        Runtime = RuntimeInformation.FrameworkDescription,
        LoadBefore = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown",
        Started = DateTimeOffset.UtcNow,
    };

    private static string FieldOf(string file, string field)
    {
        if (!File.Exists(file))
            return "unknown";
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
