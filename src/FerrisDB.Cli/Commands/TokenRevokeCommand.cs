using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Takes an access token back.</summary>
internal static class TokenRevokeCommand
{
    public static Command Create(CliConsole console)
    {
        var file = TokenCommand.File();
        var id = new Argument<string>("id") { Description = "The id of the token, as `token list` shows it." };
        var command = new DocumentedCommand(
            "revoke", "Takes a token back.",
            "Servers that run end its connections within seconds. Exit code 1 if there is no such token.",
            ["ferrisdb token revoke tokens.json k3v9qx2m"])
        {
            file, id,
        };
        command.SetAction(arguments =>
        {
            var revoked = arguments.GetRequiredValue(id);
            var isThere = new TokenDesk(arguments.GetRequiredValue(file), console.Time).Revoke(revoked);
            if (GlobalOptions.IsJson(arguments))
                VerbContext.WriteJson(console, new TokenRevokeJson(revoked, isThere), CliJson.Relaxed.TokenRevokeJson);
            else
                console.Out.WriteLine(isThere ? $"{revoked} is revoked" : $"there is no token {revoked}");
            return isThere ? ExitCode.Ok : ExitCode.NotFound;
        });
        return command;
    }
}
