using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Commits the open transaction.</summary>
internal sealed class CommitCommand()
    : Verb("commit", "Writes all that the transaction has written, or nothing, and ends it.", DatabaseAccess.Write)
{
    private readonly Option<Durability?> _durability = DurabilityOption.Create();

    public override IReadOnlyList<string> Examples => ["", "--durability none"];

    public override string Notes => """
        Prints ok when it is done. If it fails with NotCommitted nothing was written, and the ranges are told that were
        read here and written by somebody else: begin again.
        """;

    public override void Declare(Command command) => command.Add(_durability);

    public override int Run(VerbContext context)
    {
        var transaction = context.Session.RequireTransaction();
        try
        {
            Blocking.Wait(transaction.CommitAsync(context.Value(_durability)));
            return context.Acknowledge(transaction.CommittedVersion);
        }
        finally
        {
            context.Session.End();
        }
    }
}
