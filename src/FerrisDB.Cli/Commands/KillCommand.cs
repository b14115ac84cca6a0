using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Tells the server to end.</summary>
internal sealed class KillCommand() : Verb(
    "kill", "Tells the server to stop in good order.", DatabaseAccess.Write)
{
    // What fdbcli says for every process there is.
    private const string All = "all";

    private readonly Argument<string?> _address = new("address")
    {
        Description = "The server that is meant, as status tells it; left out or `all`: whoever answers.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public override IReadOnlyList<string> Examples => ["", "127.0.0.1:4500", "all"];

    public override string Notes => """
        The server answers what it was asked, closes the database and ends; clients wait for the next one and go on. In
        fdbcli's way, `kill; kill all` stops it too.
        """;

    public override void Declare(Command command) => command.Add(_address);

    public override int Run(VerbContext context)
    {
        var address = context.Value(_address);
        var stopped = Blocking.Wait(ServerOperator.StopAsync(
            context.Session.Database, address is null or All ? "" : address));
        if (context.IsJson)
            context.WriteJson(new KillJson(stopped), CliJson.Relaxed.KillJson);
        else
            context.Out.WriteLine($"{stopped} is stopping");
        return ExitCode.Ok;
    }
}
