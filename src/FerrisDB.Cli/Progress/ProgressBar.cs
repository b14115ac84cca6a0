using Spectre.Console;

namespace FerrisDB.Cli;

/// <summary>A bar that fills up, with the rate beside it.</summary>
internal sealed class ProgressBar(ProgressTask task, CliConsole console, string title, long totalBytes)
    : ProgressMeter(totalBytes)
{
    private readonly long _start = console.Time.GetTimestamp();

    public override void Report(long bytes, long records)
    {
        task.IsIndeterminate = TotalBytes <= 0;
        task.MaxValue = Math.Max(1, TotalBytes);
        task.Value = bytes;
        var rate = Rate(records, bytes, TotalBytes, console.Time.GetElapsedTime(_start));
        task.Description = Markup.Escape($"{title}: {rate}");
    }
}
