using System.CommandLine;
using FerrisDB.Server;
using Spectre.Console;

namespace FerrisDB.Cli;

/// <summary>Shows what a server does, again and again.</summary>
internal static class TopCommand
{
    private const string Notes = """
        On a terminal a screen that is drawn anew each --interval, with bars of the last 60 looks; elsewhere a line for
        each, under a header. Ends with ctrl-c, or after --count looks.
        """;

    public static Command Create(CliConsole console)
    {
        var database = DatabaseName.Argument();
        var interval = Choice.Number("--interval", "Seconds between two looks. Default: 1.", min: 1, max: 3600);
        var count = Choice.Number("--count", "So many looks, and then end. Default: until ctrl-c.", min: 1);
        var command = new DocumentedCommand(
            "top", "Shows what a server does now, again and again.", Notes,
            ["ferrisdb top fdb.cluster", "ferrisdb top @ --interval 10 --count 6"])
        {
            database, interval, count,
        };
        command.SetAction(arguments =>
        {
            if (GlobalOptions.IsJson(arguments))
                throw new UsageException("top is for people: `ferrisdb status --json` is one look for machines.");
            using var session = DatabaseSession.Open(
                arguments.GetRequiredValue(database), DatabaseAccess.Read, console);
            using var interruption = new Interruption(console);
            return Blocking.Wait(RunAsync(
                session.Database, console, TimeSpan.FromSeconds(arguments.GetValue(interval) ?? 1),
                arguments.GetValue(count) ?? long.MaxValue, interruption.Token));
        });
        return command;
    }

    private static async ValueTask<int> RunAsync(
        Database database, CliConsole console, TimeSpan interval, long count, CancellationToken ended)
    {
        if (!console.IsOutputTerminal)
        {
            console.Out.WriteLine(TopLines.Header);
            await LookAsync(database, console, interval, count, sample =>
            {
                console.Out.WriteLine(TopLines.Of(sample, console.Time.GetUtcNow()));
                console.Out.Flush();
            }, ended);
            return ExitCode.Ok;
        }
        var screen = new TopScreen();
        await console.Drawing().Live(Text.Empty).StartAsync(live =>
            LookAsync(database, console, interval, count, sample =>
            {
                screen.Add(sample);
                live.UpdateTarget(screen.Draw());
                console.Out.Flush();
            }, ended));
        return ExitCode.Ok;
    }

    private static async Task LookAsync(
        Database database, CliConsole console, TimeSpan interval, long count, Action<TopSample> show,
        CancellationToken ended)
    {
        ServerStatus? before = null;
        for (var look = 1L; ; look++)
        {
            var now = ServerOperator.Parse(await ServerOperator.AskStatusAsync(database));
            show(TopSample.Of(before, now));
            before = now;
            if (look == count)
                return;
            try
            {
                await Task.Delay(interval, console.Time, ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
