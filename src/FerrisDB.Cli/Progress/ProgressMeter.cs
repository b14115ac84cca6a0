using Spectre.Console;

namespace FerrisDB.Cli;

/// <summary>Shows on standard error how far a long task is, how fast it goes and how long it will still take.</summary>
internal abstract class ProgressMeter(long totalBytes)
{
    /// <summary>Bytes that there are to do, 0 if nobody knows; some work knows only once it has begun.</summary>
    protected long TotalBytes { get; private set; } = totalBytes;

    /// <summary>Runs work that reports to a meter: a bar on a terminal, lines now and then elsewhere.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="title">What is done, one word.</param>
    /// <param name="totalBytes">Bytes that there are to do, 0 if nobody knows.</param>
    /// <param name="work">Calls <see cref="Report(long, long)"/> often; that is cheap.</param>
    public static T Run<T>(CliConsole console, string title, long totalBytes, Func<ProgressMeter, T> work) =>
        console.IsErrorTerminal
            ? RunWithBar(console, title, totalBytes, work)
            : work(new ProgressLines(console, title, totalBytes));

    /// <summary>Tells how much is done; no records if bytes are what counts.</summary>
    public abstract void Report(long bytes, long records = 0);

    /// <summary>Tells how far a backup or a restore is, and how much there is.</summary>
    public void Report(BackupProgress progress)
    {
        TotalBytes = progress.BytesTotal;
        Report(progress.BytesDone);
    }

    /// <summary>1,000 records, 412,000 records/s, 8 s left.</summary>
    protected static string Rate(long records, long bytes, long totalBytes, TimeSpan elapsed)
    {
        var text = records > 0
            ? $"{Amounts.Count(records)} records, {Amounts.Rate(records, elapsed)}"
            : $"{Amounts.Bytes(bytes)}, {Amounts.Bytes(Amounts.PerSecond(bytes, elapsed))}/s";
        if (totalBytes <= 0 || bytes <= 0)
            return text;
        var left = elapsed * ((double)Math.Max(0, totalBytes - bytes) / bytes);
        return $"{text}, {Left(left)} left";
    }

    // Tenths of a second would be a lie.
    private static string Left(TimeSpan time) =>
        time.TotalSeconds < 100 ? $"{Math.Ceiling(time.TotalSeconds):0} s" : Amounts.Time(time);

    private static T RunWithBar<T>(CliConsole console, string title, long totalBytes, Func<ProgressMeter, T> work)
    {
        var columns = new ProgressColumn[]
        {
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
        };
        return console.ErrorDrawing().Progress().AutoClear(true).Columns(columns).Start(context =>
        {
            var task = context.AddTask(title, maxValue: Math.Max(1, totalBytes));
            task.IsIndeterminate = totalBytes <= 0;
            return work(new ProgressBar(task, console, title, totalBytes));
        });
    }
}
