using System.Text.Json.Serialization;

namespace FerrisDB.Server;

/// <summary>
/// One token in a token file: who has it, and what it allows. The token itself is not there. In its place an entry may
/// have what certificates say, whose holders need no token.
/// </summary>
internal sealed record TokenEntry
{
    // In the order of the roles.
    private static readonly string[] Names = ["read-only", "read-write", "admin"];

    /// <summary>The roles that there are.</summary>
    public static IReadOnlyList<string> RoleNames => Names;

    public required string Id { get; init; }

    /// <summary>What people call its holder.</summary>
    /// <remarks>What a file leaves out comes as null.</remarks>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>One of <see cref="RoleNames"/>.</summary>
    public required string Role { get; init; }

    /// <summary>What its keys begin with, in hexadecimal digits; empty for all.</summary>
    public string PrefixHex { get; init => field = value ?? ""; } = "";

    /// <summary>SHA-256 of the token, in hexadecimal digits; empty if there is none.</summary>
    public string Sha256 { get; init => field = value ?? ""; } = "";

    /// <summary>What its holders' certificates say, as <see cref="PeerCriteria"/>; null if it has a token.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Certificate { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>When it is over; null is never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Requests per second of all its connections; 0 is no limit.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>Connections at once; 0 is no limit.</summary>
    public int ConnectionsMax { get; init; }

    /// <summary>Bytes of commits without an answer; 0 is no limit.</summary>
    public long CommitBytesMax { get; init; }

    [JsonIgnore]
    public string Holder => Name.Length > 0 ? $"{Name} ({Id})" : Id;

    [JsonIgnore]
    public AccessGrant Grant => new(Holder, (AccessRole)Array.IndexOf(Names, Role), Convert.FromHexString(PrefixHex));

    [JsonIgnore]
    public AccessLimits Limits => new(RequestsPerSecond, ConnectionsMax, CommitBytesMax);

    /// <summary>Why it cannot be used; null if it can.</summary>
    public string? Problem()
    {
        var role = Array.IndexOf(Names, Role);
        if (role < 0)
            return $"its role is none of {string.Join(", ", Names)}";
        if (!IsHex(PrefixHex))
            return "its prefixHex is not made of pairs of hexadecimal digits";
        if (!AccessGrant.IsPossible((AccessRole)role, Convert.FromHexString(PrefixHex)))
            return (AccessRole)role == AccessRole.Admin ? "an admin has no prefix" : "its prefix is the system's";
        if (Certificate is not null)
        {
            if (Sha256.Length > 0)
                return "it has a token and a certificate, and cannot have both";
            if (ProblemOfCertificate(Certificate) is { } problem)
                return problem;
        }
        else if (!IsHex(Sha256) || Sha256.Length != 64)
        {
            return "its sha256 has not 64 hexadecimal digits";
        }
        return RequestsPerSecond < 0 || ConnectionsMax < 0 || CommitBytesMax < 0 ? "a limit is below zero" : null;
    }

    private static string? ProblemOfCertificate(string text)
    {
        try
        {
            return PeerCriteria.Parse(text).ProblemAsName() is { } problem
                ? $"its certificate '{text}' does not say whose it is: {problem}"
                : null;
        }
        catch (FerrisException wrong)
        {
            return $"its certificate is none: {wrong.Message.TrimEnd('.')}";
        }
    }

    private static bool IsHex(string text) => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
}
