using System.CommandLine;
using System.Text;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary><c>ferrisdb status DB</c>: tells how a server is, or a folder.</summary>
internal static class StatusOutside
{
    private const string Notes = """
        The first line says how it is; then follow roles, latencies, storage, disk and what would be lost with this
        machine. With --json the document of docs/status.md, whose members stay. Rates are those of the last 10 seconds,
        latencies those of the last half minute to minute. Of a folder that a server has open, the server is asked.
        The exit code is 0 while it can be used, 3 if no server answers or writes have stopped.
        """;

    public static Command Create(CliConsole console)
    {
        var database = DatabaseName.Argument();
        var command = new DocumentedCommand(
            "status", "Tells how a server is: load, latencies, storage, disk, troubles.", Notes,
            ["ferrisdb status fdb.cluster", "ferrisdb status mydb --json", "ferrisdb status @"])
        {
            database,
        };
        command.SetAction(arguments =>
        {
            var name = arguments.GetRequiredValue(database);
            var document = Ask(name, console);
            var status = ServerOperator.Parse(Encoding.UTF8.GetBytes(document));
            if (GlobalOptions.IsJson(arguments))
                console.Out.WriteLine(document);
            else
                StatusText.Write(status, console.Out);
            return status.Health == ServerStatus.Unavailable || status.Storage?.WriteFailure is not null
                ? ExitCode.Database
                : ExitCode.Ok;
        });
        return command;
    }

    // As the server wrote it: a newer one may tell more than is known here.
    private static string Ask(string name, CliConsole console)
    {
        if (DatabaseName.ClusterOf(name) is { } cluster)
            return OfServer(cluster, console);
        try
        {
            using var session = DatabaseSession.OpenEngine(name, DatabaseAccess.Read, console);
            return ServerOperator.Write(StatusReader.Of(session.Engine));
        }
        catch (FerrisException locked) when (
            locked.Code == ErrorCode.FolderLocked && DatabaseName.ClusterIn(name) is not null)
        {
            return OfServer(DatabaseName.ClusterIn(name)!, console);
        }
    }

    private static string OfServer(string cluster, CliConsole console)
    {
        using var session = DatabaseSession.Open(cluster, DatabaseAccess.Read, console);
        try
        {
            return Encoding.UTF8.GetString(Blocking.Wait(ServerOperator.AskStatusAsync(session.Database)));
        }
        catch (FerrisException error) when (error.Code == ErrorCode.TimedOut)
        {
            return ServerOperator.Write(StatusReader.Missing(cluster, error.Message));
        }
    }
}
