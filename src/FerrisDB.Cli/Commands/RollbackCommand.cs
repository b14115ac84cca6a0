using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Drops the open transaction.</summary>
internal sealed class RollbackCommand()
    : Verb("rollback", "Drops the transaction: nothing of it is written.", DatabaseAccess.Write)
{
    public override IReadOnlyList<string> Examples => [""];

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        context.Session.RequireTransaction();
        context.Session.End();
        return context.Note("rolled back");
    }
}
