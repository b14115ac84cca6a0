using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Makes an access token, or lets those in whose certificates say something.</summary>
internal sealed class TokenCreateCommand
{
    private const string Notes = """
        read-only reads and watches, read-write writes too, admin may do everything: keys of the system, backups, orders
        to the server. With --prefix a token sees and changes keys that begin so, and no others; a range that goes on
        beyond them is refused there. Limits count for all connections of the token together. With --certificate there
        is no token: clients are let in by what their certificates say, where the server asks for those (--tls-ca); of
        several entries that fit, the first of the file counts.
        """;

    private readonly Argument<string> _file = TokenCommand.File();

    private readonly Option<string> _role = new("--role")
    {
        Description = "What it allows.",
        HelpName = string.Join('|', TokenEntry.RoleNames),
        Required = true,
    };

    private readonly Option<string?> _prefix = new("--prefix")
    {
        Description = "What the keys begin with that it is for. Default: all keys of users.",
        HelpName = "KEY",
    };

    private readonly Option<string> _name = new("--name")
    {
        Description = "What its holder is called, in lists and in the audit log.",
        DefaultValueFactory = _ => "",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "Make no token; who has a certificate that says this needs none: S.CN=shop,S.O=Example.",
        HelpName = "CRITERIA",
    };

    private readonly Option<string?> _to = new("--to")
    {
        Description = "Write the token into a file that its owner alone can read, and do not print it.",
        HelpName = "FILE",
    };

    private readonly Option<long?> _days =
        Choice.Number("--days", "After how many days it is over. Default: never.", 1, 36_500);

    private readonly Option<long?> _requests =
        Choice.Number("--requests-per-second", "Requests per second at most.", 1, 100_000_000);

    private readonly Option<long?> _connections =
        Choice.Number("--connections-max", "Connections at once, at most.", 1, 1_000_000);

    private readonly Option<long?> _commitBytes =
        Choice.Number("--commit-bytes-max", "Bytes of commits under way, at most.", 1);

    private TokenCreateCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var create = new TokenCreateCommand();
        var command = new DocumentedCommand(
            "create", "Makes an access token, and the file if there is none.", Notes,
            [
                "ferrisdb token create tokens.json --role admin --name ops",
                "ferrisdb token create tokens.json --role read-write --prefix orders/ --to mydb/fdb.token",
                "ferrisdb token create tokens.json --role read-only --certificate S.CN=reports",
            ])
        {
            create._file, create._role, create._prefix, create._name, create._certificate, create._to, create._days,
            create._requests, create._connections, create._commitBytes,
        };
        command.SetAction(arguments => create.Run(arguments, console));
        return command;
    }

    private int Run(ParseResult arguments, CliConsole console)
    {
        var wanted = WantedBy(arguments);
        var desk = new TokenDesk(arguments.GetRequiredValue(_file), console.Time);
        var prefix = EscapedText.Parse(arguments.GetValue(_prefix) ?? "");
        var days = (int?)arguments.GetValue(_days);
        var isJson = GlobalOptions.IsJson(arguments);
        if (wanted.Certificate is not null)
        {
            Tell(desk.CreateForCertificates(wanted, prefix, days), isJson, console);
            return ExitCode.Ok;
        }
        var (token, entry) = desk.Create(wanted, prefix, days);
        if (arguments.GetValue(_to) is { } target)
            TokenDesk.Save(token, target);
        Tell(entry, token, arguments.GetValue(_to), isJson, console);
        return ExitCode.Ok;
    }

    private TokenEntry WantedBy(ParseResult arguments)
    {
        var wanted = new TokenEntry
        {
            Id = "",
            Name = arguments.GetValue(_name) ?? "",
            Role = arguments.GetRequiredValue(_role),
            Certificate = arguments.GetValue(_certificate),
            RequestsPerSecond = (int)(arguments.GetValue(_requests) ?? 0),
            ConnectionsMax = (int)(arguments.GetValue(_connections) ?? 0),
            CommitBytesMax = arguments.GetValue(_commitBytes) ?? 0,
        };
        if (!TokenEntry.RoleNames.Contains(wanted.Role))
            throw new UsageException(
                $"--role is one of {string.Join(", ", TokenEntry.RoleNames)}, not '{wanted.Role}'.");
        return wanted.Certificate is not null && arguments.GetValue(_to) is not null
            ? throw new UsageException("--to is for a token, and with --certificate there is none.")
            : wanted;
    }

    private static void Tell(TokenEntry entry, bool isJson, CliConsole console)
    {
        if (isJson)
            VerbContext.WriteJson(console, new TokenCreateJson(entry.Id, null, null), CliJson.Relaxed.TokenCreateJson);
        else
            console.Out.WriteLine($"{entry.Id} is for certificates that say {entry.Certificate}");
    }

    private static void Tell(TokenEntry entry, string token, string? file, bool isJson, CliConsole console)
    {
        if (isJson)
            VerbContext.WriteJson(
                console, new TokenCreateJson(entry.Id, file is null ? token : null, file),
                CliJson.Relaxed.TokenCreateJson);
        else
            console.Out.WriteLine(file is null ? token : $"{file} has the token {entry.Id}");
    }
}
