using System.CommandLine;
using System.Text;
using System.Text.Json;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Prints what is open.</summary>
internal sealed class StatusCommand()
    : Verb("status", "Prints what is open: the database and the transaction.", DatabaseAccess.Read)
{
    private const string Minimal = "minimal";
    private const string Details = "details";
    private const string Document = "json";

    private readonly Argument<string?> _form = new("form")
    {
        Description = $"As in fdbcli: {Minimal} says whether the database is there, {Document} prints the document "
            + $"that FoundationDB's tools read, {Details} is what it prints anyway.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public override IReadOnlyList<string> Examples => ["", Minimal, Document];

    public override IReadOnlyList<string> FirstWords => [Details, Document, Minimal];

    public override string Notes => """
        Of a server first how it is, as `ferrisdb status` tells it from outside. stats tells of a folder's levels,
        memory and work.
        """;

    public override void Declare(Command command) => command.Add(_form);

    public override int Run(VerbContext context)
    {
        switch (context.Value(_form))
        {
            case null or Details:
                return TellAll(context);
            case Minimal:
                Blocking.Wait(context.Session.Database.ReadAsync(
                    reader => reader.GetAsync(WaitConnectedCommand.AlwaysReadable)));
                context.Out.WriteLine("The database is available.");
                return ExitCode.Ok;
            case Document:
                byte[] key = [0xff, 0xff, .. "/status/json"u8];
                var document = Blocking.Wait(context.Session.Database.ReadAsync(reader => reader.GetAsync(key)));
                context.Out.WriteLine(Encoding.UTF8.GetString(document!));
                return ExitCode.Ok;
            case var other:
                throw new UsageException($"status is alone, or {Minimal}, {Details} or {Document}, not '{other}'.");
        }
    }

    private static int TellAll(VerbContext context)
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
