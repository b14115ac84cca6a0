using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Unlocks a database.</summary>
internal sealed class UnlockCommand() : Verb(
    "unlock", "Unlocks a database that was locked by an id.", DatabaseAccess.Write)
{
    private readonly Argument<string> _id = new("id") { Description = "What lock has printed." };

    public override IReadOnlyList<string> Examples => ["0123456789abcdef0123456789abcdef"];

    public override string Notes => "A database that is not locked stays so; one that is locked by another id too.";

    public override void Declare(Command command) => command.Add(_id);

    public override int Run(VerbContext context)
    {
        var id = LockCommand.IdOf(context.Value(_id)!);
        Blocking.Wait(context.Session.Database.UnlockAsync(id));
        if (context.IsJson)
            context.WriteJson(new LockJson(null), CliJson.Relaxed.LockJson);
        else
            context.Out.WriteLine("unlocked");
        return ExitCode.Ok;
    }
}
