using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Switches writes off, and on again.</summary>
internal sealed class WriteModeCommand()
    : Verb("writemode", "Refuses all writes (off), or allows them again (on).", DatabaseAccess.Write)
{
    private readonly Argument<string> _mode = new("on|off") { Description = "on or off." };

    public override IReadOnlyList<string> Examples => ["off", "on"];

    public override string Notes => """
        Unlike in fdbcli it is on to begin with: who opens the shell on a database wants to write. When it is off,
        every verb that writes is refused, under each of its names.
        """;

    public override IReadOnlyList<string> FirstWords => ["off", "on"];

    public override void Declare(Command command) => command.Add(_mode);

    public override int Run(VerbContext context)
    {
        var mode = context.Value(_mode)!;
        if (mode is not ("on" or "off"))
            throw new UsageException($"writemode is on or off, not '{mode}'.");
        context.Session.MayWrite = mode == "on";
        return StatusCommand.Tell(context);
    }
}
