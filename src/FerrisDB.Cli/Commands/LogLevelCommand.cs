using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Changes from which level on the server logs.</summary>
internal sealed class LogLevelCommand() : Verb(
    "loglevel", "Makes the server log more, or less, from now on.", DatabaseAccess.Write)
{
    private readonly Argument<string> _level = new("level")
    {
        Description = $"One of {string.Join(", ", LogLevelSwitch.Names)}.",
    };

    public override IReadOnlyList<string> Examples => ["debug", "info"];

    public override string Notes =>
        "Until it ends, or is told otherwise; `ferrisdb serve --log-level` is where it begins.";

    public override IReadOnlyList<string> FirstWords => LogLevelSwitch.Names;

    public override void Declare(Command command) => command.Add(_level);

    public override int Run(VerbContext context)
    {
        var level = context.Value(_level)!;
        var before = Blocking.Wait(ServerOperator.SetLogLevelAsync(context.Session.Database, level));
        if (context.IsJson)
            context.WriteJson(new LogLevelJson(before, level), CliJson.Relaxed.LogLevelJson);
        else
            context.Out.WriteLine($"log level changed from {before} to {level}");
        return ExitCode.Ok;
    }
}
