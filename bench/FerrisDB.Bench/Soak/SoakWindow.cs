using HdrHistogram;

namespace FerrisDB.Bench;

/// <summary>What one thread did in one stretch of time. Filled by it, then handed over.</summary>
internal sealed class SoakWindow
{
    private const long LongestNanoseconds = 600_000_000_000;
    private const int SignificantDigits = 2;

    public long Operations { get; set; }

    public LongHistogram Latencies { get; } = new(LongestNanoseconds, SignificantDigits);

    public void Record(TimeSpan elapsed) =>
        Latencies.RecordValue((long)Math.Clamp(elapsed.TotalNanoseconds, 1, LongestNanoseconds));

    public void Add(SoakWindow other)
    {
        Operations += other.Operations;
        Latencies.Add(other.Latencies);
    }
}
