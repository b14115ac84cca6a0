using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Waits, in scripts that were written for <c>fdbcli</c>.</summary>
internal sealed class SleepCommand() : Verb("sleep", "Waits so many seconds.", DatabaseAccess.Read)
{
    private const double SecondsMax = 1_000_000;

    private readonly Argument<double> _seconds = new("seconds") { Description = "How long; Ctrl-C ends it." };

    public override IReadOnlyList<string> Examples => ["1", "0.5"];

    public override string Notes => "As in fdbcli.";

    public override void Declare(Command command) => command.Add(_seconds);

    public override int Run(VerbContext context)
    {
        var seconds = context.Value(_seconds);
        if (seconds is not (>= 0 and <= SecondsMax))
            throw new UsageException("sleep takes a number of seconds from 0 on.");
        try
        {
            Task.Delay(TimeSpan.FromSeconds(seconds), context.Console.Time, context.Console.Interrupted)
                .GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Who waits no longer is done.
        }
        return ExitCode.Ok;
    }
}
