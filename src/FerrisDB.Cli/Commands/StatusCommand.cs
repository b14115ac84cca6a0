using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Prints what is open.</summary>
internal sealed class StatusCommand()
    : Verb("status", "Prints what is open: the database and the transaction.", DatabaseAccess.Read)
{
    public override IReadOnlyList<string> Examples => [""];

    public override string Notes => "stats tells of the database's levels, memory and work.";

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context) => Tell(context);

    /// <summary>Answers with it.</summary>
    public static int Tell(VerbContext context)
    {
        var session = context.Session;
        var status = new StatusJson(
            session.Name, session.LastVersion, session.MayWrite ? "on" : "off",
            session.Transaction?.ApproximateSizeBytes);
        if (context.IsJson)
        {
            context.WriteJson(status, CliJson.Relaxed.StatusJson);
            return ExitCode.Ok;
        }
        context.Out.WriteLine(
            $"{status.Folder}, version {Amounts.Count(status.Version)}, writemode {status.WriteMode}");
        context.Out.WriteLine(status.TransactionBytes is { } bytes
            ? $"a transaction is open, of about {Amounts.Bytes(bytes)}"
            : "no transaction is open");
        return ExitCode.Ok;
    }
}
