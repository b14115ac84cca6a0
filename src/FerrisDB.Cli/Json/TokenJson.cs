using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Whose a token is, and what it allows; a limit that there is not is 0.</summary>
internal sealed record TokenJson(
    string Id, string Name, string Role, string Prefix, DateTimeOffset Created, DateTimeOffset? Expires,
    int RequestsPerSecond, int ConnectionsMax, long CommitBytesMax,
    string? Certificate)
{
    public static TokenJson Of(TokenEntry token) => new(
        token.Id, token.Name, token.Role, EscapedText.Format(Convert.FromHexString(token.PrefixHex)), token.Created,
        token.Expires, token.RequestsPerSecond, token.ConnectionsMax, token.CommitBytesMax,
        token.Certificate);
}
