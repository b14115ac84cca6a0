using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace FerrisDB;

/// <summary>
/// What a client shows to a server that asks who it is: <c>ferris_ID_SECRET</c>, as <c>ferrisdb token create</c> makes
/// it. Immutable.
/// </summary>
public sealed class AccessToken
{
    private const string Scheme = "ferris";
    private const string Letters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int IdLength = 8;

    // Of 32 letters each is 5 bits: 200 of them cannot be guessed, so their hash needs no salt and no work.
    private const int SecretLength = 40;

    private static readonly SearchValues<char> AllLetters = SearchValues.Create(Letters);

    private AccessToken(string id, string text)
    {
        Id = id;
        Text = text;
    }

    /// <summary>What it is called in the server's file and in its audit log. It is no secret.</summary>
    public string Id { get; }

    /// <summary>All of it.</summary>
    internal string Text { get; }

    /// <summary>Reads a token. Blanks around it do not matter.</summary>
    /// <exception cref="FormatException">It is not of the form.</exception>
    public static AccessToken Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var token)
            ? token
            : throw new FormatException($"An access token has the form {Scheme}_ID_SECRET, and this has not.");
    }

    /// <summary>As <see cref="Parse"/>; false if it is not of the form.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AccessToken? token)
    {
        text = text?.Trim() ?? "";
        var parts = text.Split('_');
        var isToken = parts is [Scheme, { Length: IdLength } id, { Length: SecretLength } secret]
            && !id.AsSpan().ContainsAnyExcept(AllLetters) && !secret.AsSpan().ContainsAnyExcept(AllLetters);
        token = isToken ? new AccessToken(parts[1], text) : null;
        return isToken;
    }

    /// <summary>Makes a new one.</summary>
    internal static AccessToken Create()
    {
        var id = RandomNumberGenerator.GetString(Letters, IdLength);
        return new AccessToken(id, $"{Scheme}_{id}_{RandomNumberGenerator.GetString(Letters, SecretLength)}");
    }

    /// <summary>What a server keeps of it, by which it is known, and which lets nobody in.</summary>
    internal byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>The id, without the secret.</summary>
    public override string ToString() => $"{Scheme}_{Id}_...";
}
