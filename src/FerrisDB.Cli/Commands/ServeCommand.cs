using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Serves a database to other processes and machines.</summary>
internal static class ServeCommand
{
    private const string DefaultFolder = "ferrisdb";

    private const string Notes = """
        Creates the folder if there is none, and writes into it the cluster file fdb.cluster, which tells clients where
        the server is: `ferrisdb shell ferrisdb/fdb.cluster`, or Database.Connect("ferrisdb/fdb.cluster") in a program.
        Ends with ctrl-c or SIGTERM, when it has answered what it was asked; after a kill it recovers when it is started
        again, and its clients go on by themselves.
        """;

    public static Command Create(CliConsole console)
    {
        var data = new Option<string>("--data")
        {
            Description = $"The folder of the database. Default: {DefaultFolder}.",
            DefaultValueFactory = _ => DefaultFolder,
            HelpName = "DIR",
        };
        var listen = new Option<string>("--listen")
        {
            Description = $"Where to listen. Default: 127.0.0.1:{ServerOptions.DefaultPort}; port 0 takes a free one.",
            DefaultValueFactory = _ => $"127.0.0.1:{ServerOptions.DefaultPort}",
            HelpName = "ADDRESS:PORT",
        };
        var clusterFile = new Option<string?>("--cluster-file")
        {
            Description = "Where to write the cluster file. Default: fdb.cluster in the folder.",
            HelpName = "FILE",
        };
        var insecure = new Option<bool>("--insecure")
        {
            Description = "Listen to other machines too, although nothing is encrypted and anybody may do anything.",
        };
        var command = new DocumentedCommand("serve", "Serves a database to other processes and machines.", Notes,
            ["ferrisdb serve", "ferrisdb serve --data /var/lib/ferrisdb --listen 127.0.0.1:4600"])
        {
            data, listen, clusterFile, insecure,
        };
        command.SetAction(arguments =>
        {
            var options = new ServerOptions
            {
                Listen = EndPointOf(arguments.GetRequiredValue(listen)),
                IsInsecureAllowed = arguments.GetValue(insecure),
            };
            return Blocking.Wait(ServeAsync(
                arguments.GetRequiredValue(data), options, arguments.GetValue(clusterFile), console));
        });
        return command;
    }

    private static IPEndPoint EndPointOf(string text) =>
        IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var endPoint)
            ? endPoint
            : throw new UsageException($"'{text}' is not of the form ADDRESS:PORT, such as 127.0.0.1:4500.");

    private static async ValueTask<int> ServeAsync(
        string folder, ServerOptions options, string? clusterFile, CliConsole console)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var cancelled = console.Interrupted.Register(() => stop.TrySetResult());
        await using var served = await ServedFolder.StartAsync(folder, new DatabaseOptions(), options, clusterFile);
        console.Out.WriteLine($"serving {folder} at {served.Server.EndPoint}");
        console.Out.WriteLine($"connect with: ferrisdb shell {served.ClusterFilePath}");
        console.Out.WriteLine($"in a program: Database.Connect(\"{served.ClusterFilePath}\")");
        console.Out.WriteLine($"or by: {served.ConnectionString}");
        console.Out.Flush();
        await stop.Task;
        console.Out.WriteLine("stopping");
        console.Out.Flush();
        return ExitCode.Ok;
    }
}
