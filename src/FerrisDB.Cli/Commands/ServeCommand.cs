using System.CommandLine;
using System.Runtime.InteropServices;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Serves a database to other processes and machines.</summary>
internal static class ServeCommand
{
    private const string Notes = """
        Creates the folder if there is none, and writes into it the cluster file fdb.cluster, which tells clients where
        the server is: `ferrisdb shell ferrisdb/fdb.cluster`, or Database.Connect("ferrisdb/fdb.cluster") in a program.
        Ends with ctrl-c or SIGTERM, when it has answered what it was asked; after a kill it recovers when it is started
        again, and its clients go on by themselves. Other machines reach it only with certificates, which
        `ferrisdb tls create` makes for a first try.

        Whatever is an option here can be said in three places: as an option, as a variable of the environment
        (FERRISDB_LISTEN for --listen), or in a JSON file ({"listen": "127.0.0.1:4600"}) that --config or
        FERRISDB_CONFIG names. An option is stronger than a variable, and a variable than the file.
        """;

    private static readonly string[] Examples =
    [
        "ferrisdb serve",
        "ferrisdb serve --data /var/lib/ferrisdb --listen 127.0.0.1:4600",
        "ferrisdb serve --config /etc/ferrisdb/ferrisdb.json --print-config",
    ];

    public static Command Create(CliConsole console)
    {
        var config = new Option<string?>(ServerConfiguration.FileFlag)
        {
            Description = "A JSON file that says what no option and no variable says.",
            HelpName = "FILE",
        };
        var print = new Option<bool>("--print-config")
        {
            Description = "Print what holds and who says it, and serve nothing.",
        };
        var flags = ServerSettings.All.ToDictionary(setting => setting, OptionOf);
        var command = new DocumentedCommand(
            "serve", "Serves a database to other processes and machines.", Notes, Examples);
        foreach (var flag in flags.Values)
            command.Add(flag);
        command.Add(config);
        command.Add(print);
        command.SetAction(arguments =>
        {
            var configuration = Load(arguments, flags, arguments.GetValue(config));
            if (!arguments.GetValue(print))
                return Blocking.Wait(ServeAsync(configuration, console));
            ServerSettingsTable.Print(configuration, console, GlobalOptions.IsJson(arguments));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Option<string?> OptionOf(Setting setting) => new(setting.Flag)
    {
        Description = $"{setting.Summary} Default: {setting.DefaultText}.",
        HelpName = setting.Form,
        Arity = setting.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    };

    private static ServerConfiguration Load(
        ParseResult arguments, Dictionary<Setting, Option<string?>> flags, string? file)
    {
        // A switch may stand without a value.
        string? Find(Setting setting) => arguments.GetResult(flags[setting]) is { Implicit: false }
            ? arguments.GetValue(flags[setting]) ?? "true"
            : null;
        try
        {
            return ServerConfiguration.Load(new FlagSettings(Find), file, Environment.GetEnvironmentVariable);
        }
        catch (SettingException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    private static async ValueTask<int> ServeAsync(ServerConfiguration configuration, CliConsole console)
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
        using var systemd = ServiceNotifier.Open(Environment.GetEnvironmentVariable(ServiceNotifier.Variable));
        var folder = configuration.Get(ServerSettings.Data);
        using var logging = ServerLogging.Open(configuration, console.Error, console.Time);
        await using var served = await ServedFolder.StartAsync(
            folder, configuration.ToDatabaseOptions(), configuration.ToServerOptions(logging),
            configuration.Get(ServerSettings.ClusterFile));
        foreach (var warning in served.Warnings)
            console.Error.WriteLine($"warning: {warning}");
        console.Out.WriteLine($"serving {folder} at {served.Server.EndPoint}");
        if (served.Server.MetricsEndPoint is { } metrics)
            console.Out.WriteLine($"metrics and health: http://{metrics}/metrics, /healthz, /readyz, /status");
        console.Out.WriteLine($"connect with: ferrisdb shell {served.ClusterFilePath}");
        console.Out.WriteLine($"in a program: Database.Connect(\"{served.ClusterFilePath}\")");
        console.Out.WriteLine($"or by: {served.ConnectionString}");
        console.Out.Flush();
        systemd.Ready($"Serving {folder} at {served.Server.EndPoint}");
        await Task.WhenAny(stop.Task, served.Server.Admin.StopOrdered);
        systemd.Stopping();
        console.Out.WriteLine("stopping");
        console.Out.Flush();
        return ExitCode.Ok;
    }
}
