using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Gives access tokens out, and takes them back.</summary>
internal static class TokenCommand
{
    private const string Notes = """
        A server that is started with --tokens FILE asks its clients for a token, and lets them do what it allows. The
        file holds what tokens are known by, not the tokens: each is shown once, when it is made. A server that runs
        takes changes of the file within seconds, and ends the connections of tokens that are not there any more.
        Clients have their token in FERRISDB_TOKEN, or in fdb.token beside the cluster file.
        """;

    public static Command Create(CliConsole console) => new DocumentedCommand(
        "token", "Gives access tokens out, lists them, and takes them back.", Notes,
        [
            "ferrisdb token create tokens.json --role read-write --prefix orders/ --name shop",
            "ferrisdb token list tokens.json", "ferrisdb token revoke tokens.json k3v9qx2m",
        ])
    {
        TokenCreateCommand.Create(console),
        TokenListCommand.Create(console),
        TokenRevokeCommand.Create(console),
    };

    /// <summary>The token file.</summary>
    public static Argument<string> File() => new("file") { Description = "The token file." };
}
