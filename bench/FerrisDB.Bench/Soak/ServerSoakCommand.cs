using System.CommandLine;
using static FerrisDB.Bench.SoakCommand;

namespace FerrisDB.Bench;

/// <summary>The subcommand that uses a server for a long time and judges whether anything gets worse.</summary>
internal static class ServerSoakCommand
{
    private static readonly ServerSoakOptions Default = new();

    public static Command New()
    {
        var cluster = new Argument<string>("cluster") { Description = "cluster file of a running `ferrisdb serve`" };
        var pid = NewOption("--server-pid", "its process, to watch its memory", Default.ServerPid);
        var minutes = NewOption("--minutes", "how long it is used", Default.Minutes);
        var sampleSeconds = NewOption("--sample-seconds", "how often a line is printed", Default.SampleSeconds);
        var connections = NewOption("--connections", "connections to it", Default.Connections);
        var outstanding = NewOption("--outstanding", "transactions under way at once", Default.Outstanding);
        var keys = NewOption("--keys", "keys that are used", Default.Keys);
        var rate = NewOption("--rate", "transactions a second to ask for; 0 is all that it can do", Default.Rate);
        var warmUp = NewOption(
            "--warm-up-minutes", "what is not judged; at most a quarter of the run", Default.WarmUpMinutes);
        var json = NewOption<FileInfo?>("--json", "write all samples to this file", null);
        var svg = NewOption<FileInfo?>("--svg", "draw the samples into this file", null);
        var command = new Command("soak-server", "Uses a server for minutes and judges whether anything gets worse.")
        {
            cluster, pid, minutes, sampleSeconds, connections, outstanding, keys, rate, warmUp, json, svg,
        };
        command.SetAction(async (parsed, _) =>
        {
            var options = new ServerSoakOptions
            {
                Cluster = parsed.GetValue(cluster)!,
                ServerPid = parsed.GetValue(pid),
                Minutes = parsed.GetValue(minutes),
                SampleSeconds = parsed.GetValue(sampleSeconds),
                Connections = parsed.GetValue(connections),
                Outstanding = parsed.GetValue(outstanding),
                Keys = parsed.GetValue(keys),
                Rate = parsed.GetValue(rate),
                WarmUpMinutes = parsed.GetValue(warmUp),
            };
            var report = await new ServerSoakRun(options, Console.Out).RunAsync();
            Console.Out.Write(report.ToText());
            if (parsed.GetValue(json) is { } jsonFile)
                report.Save(jsonFile.FullName);
            if (parsed.GetValue(svg) is { } svgFile)
                await File.WriteAllTextAsync(svgFile.FullName, report.ToSvg(), CancellationToken.None);
            return report.Broken.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
