namespace FerrisDB.Server;

/// <summary>Gives tokens out, and takes them back; one after the other, whoever does it.</summary>
/// <param name="path">The token file. Servers that run read it again by themselves.</param>
/// <param name="clock">Tells when tokens were made.</param>
internal sealed class TokenDesk(string path, TimeProvider clock)
{
    /// <summary>Makes a token, and the file if there is none.</summary>
    /// <param name="wanted">What it allows; its id, hash and time are set here.</param>
    /// <param name="prefix">What its keys begin with.</param>
    /// <param name="days">After how many days it is over; null is never.</param>
    /// <returns>The token, which nobody can tell again, and what the file says of it.</returns>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.InvalidOptionValue"/>: that is no role, or it cannot have this prefix, or the file is none.
    /// <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public (string Token, TokenEntry Entry) Create(TokenEntry wanted, byte[] prefix, int? days)
    {
        var token = AccessToken.Create();
        var entry = Add(
            wanted with { Id = token.Id, Sha256 = Convert.ToHexStringLower(token.Hash()) }, prefix, days);
        return (token.Text, entry);
    }

    /// <summary>
    /// Lets those in whose certificates say what is wanted; as <see cref="Create"/>, but that there is no token.
    /// </summary>
    public TokenEntry CreateForCertificates(TokenEntry wanted, byte[] prefix, int? days) =>
        Add(wanted with { Id = AccessToken.Create().Id }, prefix, days);

    /// <summary>The tokens that there are.</summary>
    /// <exception cref="FerrisException">See <see cref="TokenFile.Read"/>.</exception>
    public IReadOnlyList<TokenEntry> List() => TokenFile.Read(path).Tokens;

    /// <summary>Takes a token back: servers end its connections within seconds. False if there is none.</summary>
    /// <exception cref="FerrisException">See <see cref="TokenFile.Read"/>.</exception>
    public bool Revoke(string id)
    {
        // Of a file that is not there, nothing is to be made.
        _ = TokenFile.Read(path);
        using var held = FileLock.Take(path, clock);
        var file = TokenFile.Read(path);
        var left = file.Tokens.Where(token => token.Id != id).ToList();
        if (left.Count == file.Tokens.Count)
            return false;
        (file with { Tokens = left }).Write(path);
        return true;
    }

    /// <summary>Writes a token into a file of its own, for its holder alone.</summary>
    public static void Save(string token, string file) => PrivateFile.Write(file, token + "\n");

    private TokenEntry Add(TokenEntry wanted, byte[] prefix, int? days)
    {
        var now = clock.GetUtcNow();
        var entry = wanted with
        {
            PrefixHex = Convert.ToHexStringLower(prefix),
            Created = now,
            Expires = days is { } count ? now.AddDays(count) : null,
        };
        if (entry.Problem() is { } problem)
            throw new FerrisException(ErrorCode.InvalidOptionValue, $"There can be no such token: {problem}.");
        using var held = FileLock.Take(path, clock);
        var file = new FileInfo(path).Exists ? TokenFile.Read(path) : TokenFile.Empty;
#if FERRIS_CHECKED
        TokenBugs.Linger();
#endif
        (file with { Tokens = [.. file.Tokens, entry] }).Write(path);
        return entry;
    }
}
