using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Serves a database to other processes and machines.</summary>
internal static class ServeCommand
{
    public const string WindowsServiceFlag = "--windows-service";

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
        var service = new Option<bool>(WindowsServiceFlag)
        {
            Description =
                "Do what the service control manager of Windows says; paths are from %ProgramData%\\FerrisDB.",
        };
        var flags = ServerSettings.All.ToDictionary(setting => setting, OptionOf);
        var command = new DocumentedCommand(
            "serve", "Serves a database to other processes and machines.", Notes, Examples);
        foreach (var flag in flags.Values)
            command.Add(flag);
        command.Add(config);
        command.Add(print);
        command.Add(service);
        command.SetAction(arguments =>
        {
            ServerConfiguration Configuration() => Load(arguments, flags, arguments.GetValue(config));
            if (!arguments.GetValue(print))
                return arguments.GetValue(service)
                    ? ServeRun.AsWindowsService(Configuration, console)
                    : ServeRun.InProcess(Configuration(), console);
            ServerSettingsTable.Print(Configuration(), console, GlobalOptions.IsJson(arguments));
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
}
