using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Makes an access token.</summary>
internal static class TokenCreateCommand
{
    private const string Notes = """
        read-only reads and watches, read-write writes too, admin may do everything: keys of the system, backups, orders
        to the server. With --prefix a token sees and changes keys that begin so, and no others; a range that goes on
        beyond them is refused there. Limits count for all connections of the token together.
        """;

    public static Command Create(CliConsole console)
    {
        var file = TokenCommand.File();
        var role = new Option<string>("--role")
        {
            Description = "What it allows.",
            HelpName = string.Join('|', TokenEntry.RoleNames),
            Required = true,
        };
        var prefix = new Option<string?>("--prefix")
        {
            Description = "What the keys begin with that it is for. Default: all keys of users.",
            HelpName = "KEY",
        };
        var name = new Option<string>("--name")
        {
            Description = "What its holder is called, in lists and in the audit log.",
            DefaultValueFactory = _ => "",
            HelpName = "TEXT",
        };
        var to = new Option<string?>("--to")
        {
            Description = "Write the token into a file that its owner alone can read, and do not print it.",
            HelpName = "FILE",
        };
        var days = Choice.Number("--days", "After how many days it is over. Default: never.", 1, 36_500);
        var requests = Choice.Number("--requests-per-second", "Requests per second at most.", 1, 100_000_000);
        var connections = Choice.Number("--connections-max", "Connections at once, at most.", 1, 1_000_000);
        var commitBytes = Choice.Number("--commit-bytes-max", "Bytes of commits under way, at most.", 1);
        var command = new DocumentedCommand(
            "create", "Makes an access token, and the file if there is none.", Notes,
            [
                "ferrisdb token create tokens.json --role admin --name ops",
                "ferrisdb token create tokens.json --role read-write --prefix orders/ --to mydb/fdb.token",
            ])
        {
            file, role, prefix, name, to, days, requests, connections, commitBytes,
        };
        command.SetAction(arguments =>
        {
            var wanted = new TokenEntry
            {
                Id = "",
                Sha256 = "",
                Name = arguments.GetValue(name) ?? "",
                Role = arguments.GetRequiredValue(role),
                RequestsPerSecond = (int)(arguments.GetValue(requests) ?? 0),
                ConnectionsMax = (int)(arguments.GetValue(connections) ?? 0),
                CommitBytesMax = arguments.GetValue(commitBytes) ?? 0,
            };
            if (!TokenEntry.RoleNames.Contains(wanted.Role))
                throw new UsageException(
                    $"--role is one of {string.Join(", ", TokenEntry.RoleNames)}, not '{wanted.Role}'.");
            var (token, entry) = new TokenDesk(arguments.GetRequiredValue(file), console.Time).Create(
                wanted, EscapedText.Parse(arguments.GetValue(prefix) ?? ""), (int?)arguments.GetValue(days));
            if (arguments.GetValue(to) is { } target)
                TokenDesk.Save(token, target);
            Tell(entry, token, arguments.GetValue(to), GlobalOptions.IsJson(arguments), console);
            return ExitCode.Ok;
        });
        return command;
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
