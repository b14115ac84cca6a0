using System.CommandLine;
using System.Text.Json;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Prints what is open.</summary>
internal sealed class StatusCommand()
    : Verb("status", "Prints what is open: the database and the transaction.", DatabaseAccess.Read)
{
    public override IReadOnlyList<string> Examples => [""];

    public override string Notes => """
        Of a server first how it is, as `ferrisdb status` tells it from outside. stats tells of a folder's levels,
        memory and work.
        """;

    public override void Declare(Command command)
    {
    }

    public override int Run(VerbContext context)
    {
        if (!context.Session.IsRemote)
            return Tell(context);
        var server = Blocking.Wait(ServerOperator.AskStatusAsync(context.Session.Database));
        if (!context.IsJson)
        {
            StatusText.Write(ServerOperator.Parse(server), context.Out);
            context.Out.WriteLine();
        }
        return Tell(context, JsonDocument.Parse(server).RootElement);
    }

    /// <summary>Answers with what the shell has open.</summary>
    public static int Tell(VerbContext context, JsonElement? server = null)
    {
        var session = context.Session;
        var status = new StatusJson(
            session.Name, session.LastVersion, session.MayWrite ? "on" : "off",
            session.Transaction?.ApproximateSizeBytes, server);
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
