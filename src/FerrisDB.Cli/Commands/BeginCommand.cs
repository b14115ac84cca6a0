using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Opens a transaction.</summary>
internal sealed class BeginCommand() : Verb("begin", "Opens a transaction.", DatabaseAccess.Write)
{
    public override IReadOnlyList<string> Examples =>
        ["", "; get counter; set counter 2; commit"];

    public override string Notes => """
        get, set, del, del-range, range, count and atomic work in it from now on, and see what it has written. commit
        writes everything at once, or nothing: if somebody else has written what was read here, it says what that was,
        and the transaction must be run again. reset begins it anew, rollback drops it, and so does the end of the
        session.
        """;

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        context.Session.Begin();
        return context.Note("begun");
    }
}
