namespace FerrisDB.Cli;

/// <summary>A line for every tenth of the work, or every few seconds; none at all for what is quickly done.</summary>
internal sealed class ProgressLines(CliConsole console, string title, long totalBytes)
    : ProgressMeter(totalBytes)
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);

    private readonly long _start = console.Time.GetTimestamp();
    private TimeSpan _lastLineAt;
    private long _lastTenth;

    public override void Report(long bytes, long records)
    {
        var elapsed = console.Time.GetElapsedTime(_start);
        var tenth = TotalBytes > 0 ? Math.Min(10, bytes * 10 / TotalBytes) : 0;
        if (elapsed < Quick || (tenth == _lastTenth && elapsed - _lastLineAt < Often))
            return;
        _lastTenth = tenth;
        _lastLineAt = elapsed;
        var percent = TotalBytes > 0 ? $"{Math.Min(100, bytes * 100 / TotalBytes)} %, " : "";
        console.Error.WriteLine($"{title}: {percent}{Rate(records, bytes, TotalBytes, elapsed)}");
    }
}
