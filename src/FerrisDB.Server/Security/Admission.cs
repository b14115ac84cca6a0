namespace FerrisDB.Server;

/// <summary>What a server says to somebody who wants to connect.</summary>
/// <param name="Access">What he may do; null if he is refused.</param>
/// <param name="Token">By which token; null if nobody is asked for one.</param>
/// <param name="Refusal">Why he is refused.</param>
/// <param name="Code">The error that trying again does not cure, or 0.</param>
internal sealed record Admission(SessionAccess? Access, TokenEntry? Token, string Refusal, ErrorCode Code)
{
    public static Admission Of(SessionAccess access, TokenEntry? token) => new(access, token, "", 0);

    public static Admission No(string refusal, ErrorCode code) => new(null, null, refusal, code);
}
