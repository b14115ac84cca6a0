using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Prints the version that is read.</summary>
internal sealed class ReadVersionCommand() : Verb(
    "read-version", "Prints the version that a transaction reads now; within one, its own.", DatabaseAccess.Read)
{
    public override IReadOnlyList<string> Aliases => ["getversion"];

    public override IReadOnlyList<string> Examples => [""];

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        var version = context.Session.Transaction is { } transaction
            ? Blocking.Wait(transaction.GetReadVersionAsync())
            : context.Session.LastVersion;
        if (context.IsJson)
            context.WriteJson(new VersionJson(version), CliJson.Relaxed.VersionJson);
        else
            context.Out.WriteLine(version);
        return ExitCode.Ok;
    }
}
