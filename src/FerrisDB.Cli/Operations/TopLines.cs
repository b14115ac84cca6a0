using System.Globalization;

namespace FerrisDB.Cli;

/// <summary>A server at a glance where there is no terminal: a line for each look, under a header.</summary>
internal static class TopLines
{
    public const string Header =
        "time      health    clients  versions/s     reads/s   commits/s  conflicts/s   read p99  commit p99  "
            + "waiting        debt  cores";

    /// <summary>The line of a sample.</summary>
    public static string Of(TopSample sample, DateTimeOffset time)
    {
        var now = sample.Now;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.UtcDateTime:HH:mm:ss}  {now.Health,-8}  {now.Clients?.Connections ?? 0,7}  "
                + $"{sample.ReadVersions,10:N0}  {sample.Reads,10:N0}  {sample.Commits,10:N0}  "
                + $"{sample.Conflicts,11:N0}  {Time(now.Latencies?.Read.P99Ms),9}  "
                + $"{Time(now.Latencies?.Commit.P99Ms),10}  {now.Roles?.CommitProxy.Waiting ?? 0,7}  "
                + $"{Amounts.Bytes(now.Storage?.CompactionDebtBytes ?? 0),10}  {now.Process?.CpuCores ?? 0,5:0.00}");
    }

    private static string Time(double? milliseconds) =>
        milliseconds is > 0 ? StatusText.Milliseconds(milliseconds.Value) : "-";
}
