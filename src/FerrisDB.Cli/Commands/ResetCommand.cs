using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Starts the open transaction anew.</summary>
internal sealed class ResetCommand()
    : Verb("reset", "Begins the transaction anew: nothing read, nothing written, no options.", DatabaseAccess.Write)
{
    public override IReadOnlyList<string> Examples => [""];

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        context.Session.Reset();
        return context.Note("reset");
    }
}
