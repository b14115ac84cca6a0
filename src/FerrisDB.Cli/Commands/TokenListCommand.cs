using System.CommandLine;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Lists access tokens.</summary>
internal static class TokenListCommand
{
    public static Command Create(CliConsole console)
    {
        var file = TokenCommand.File();
        var command = new DocumentedCommand(
            "list", "Lists the tokens of a file: whose they are, and what they allow.",
            "The tokens themselves are not there: what the file holds lets nobody in.",
            ["ferrisdb token list tokens.json", "ferrisdb token list tokens.json --json"])
        {
            file,
        };
        command.SetAction(arguments =>
        {
            var tokens = new TokenDesk(arguments.GetRequiredValue(file), console.Time).List();
            if (GlobalOptions.IsJson(arguments))
                VerbContext.WriteJson(
                    console, new TokenListJson([.. tokens.Select(TokenJson.Of)]), CliJson.Relaxed.TokenListJson);
            else
                Print(tokens, console.Time.GetUtcNow(), console.Out);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(IReadOnlyList<TokenEntry> tokens, DateTimeOffset now, TextWriter writer)
    {
        var table = new TextTable("id", "name", "role", "prefix", "expires", "limits", "certificate")
        {
            LeftColumns = { 1, 2, 3, 4, 5, 6 },
        };
        foreach (var token in tokens)
        {
            var expires = token.Expires is { } time ? BackupListCommand.Time(time) : "never";
            table.Add(
                token.Id, token.Name, token.Role, EscapedText.Format(Convert.FromHexString(token.PrefixHex)),
                token.Expires <= now ? $"{expires}, over" : expires, Limits(token),
                token.Certificate ?? "");
        }
        table.WriteTo(writer);
    }

    private static string Limits(TokenEntry token) => string.Join(", ", ((string?[])
    [
        token.RequestsPerSecond > 0 ? $"{Amounts.Count(token.RequestsPerSecond)} requests/s" : null,
        token.ConnectionsMax > 0 ? Amounts.Count(token.ConnectionsMax, "connection") : null,
        token.CommitBytesMax > 0 ? $"{Amounts.Bytes(token.CommitBytesMax)} of commits" : null,
    ]).OfType<string>());
}
