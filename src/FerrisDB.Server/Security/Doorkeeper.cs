using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FerrisDB.Server;

/// <summary>
/// Decides who may connect, and what they may do: by the tokens of a file, if there is one, and by what it says of
/// certificates.
/// </summary>
/// <remarks>
/// Thread-safe. The file is read again when it has changed: what was revoked ends, what is new counts.
/// </remarks>
internal sealed class Doorkeeper
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly TimeProvider _clock;
    private readonly AuditLog? _audit;
    private readonly ChangingFiles<TokenTable>? _tokens;

    // By token: outlives connections and readings of the file.
    private readonly ConcurrentDictionary<string, AccessUsage> _usages = new();

    /// <summary>Reads the token file, if there is one.</summary>
    /// <exception cref="FerrisException">It cannot be used: see <see cref="TokenFile.Read"/>.</exception>
    public Doorkeeper(string? tokenFile, AuditLog? audit, TimeProvider clock)
    {
        _clock = clock;
        _audit = audit;
        if (tokenFile is null)
            return;
        _tokens = new ChangingFiles<TokenTable>(
            [tokenFile], () => TokenTable.Read(tokenFile), clock);
        _ = _tokens.Current;
    }

    /// <summary>Told that the file was read again, or why it was not: then what it said before counts.</summary>
    public Action<FerrisException?>? Reread
    {
        init
        {
            if (_tokens is not null)
                _tokens.Reread = value;
        }
    }

    /// <summary>
    /// What clients' certificates say is true: an authority was asked for, and nobody let in without it.
    /// </summary>
    public bool BelievesCertificates { get; init; }

    /// <summary>Decides about somebody who wants to connect.</summary>
    /// <param name="text">The token that he shows; empty if none.</param>
    /// <param name="from">Where he comes from.</param>
    /// <param name="certificate">His certificate, if he has one. With a token it does not count.</param>
    public Admission Admit(string text, string from, X509Certificate2? certificate = null)
    {
        if (_tokens is null)
            return Admission.Of(AccessOf(AccessGrant.Everything, null, from), null);
        var id = "";
        var token = text.Length == 0 && certificate is not null ? Find(certificate) : Find(text, out id);
        if (token is null)
        {
            var refusal = RefusalOf(text, certificate);
            _audit?.TryNote("token-refused", id, from, refusal);
            return Admission.No(refusal, ErrorCode.AuthorizationTokenVerifyFailed);
        }
        var usage = _usages.GetOrAdd(token.Id, static (_, clock) => new AccessUsage(clock), _clock);
        usage.Limits = token.Limits;
        if (!usage.TryConnect())
            return Admission.No($"{token.Holder} has {token.ConnectionsMax} connections already.", 0);
        var grant = token.Grant;
        if (grant.Role == AccessRole.Admin)
            _audit?.TryNote("connect", token.Holder, from, "admin", isStranger: false);
        return Admission.Of(AccessOf(grant, usage, from), token);
    }

    /// <summary>What was admitted is still to be: the token is the same, and its time is not over.</summary>
    public bool IsStillWelcome(Admission admission)
    {
        if (_tokens is null || admission.Token is not { } token)
            return true;
        return _tokens.Current.Find(token.Id) == token && !IsOver(token);
    }

    /// <summary>A connection that was admitted has ended.</summary>
    public static void Leave(Admission admission) => admission.Access?.Usage?.Disconnect();

    private TokenEntry? Find(string text, out string id)
    {
        var isToken = AccessToken.TryParse(text, out var shown);
        id = shown?.Id ?? "";
        // One that was made a moment ago need not wait for the next look.
        var known = isToken
            ? _tokens!.Current.Find(id) ?? _tokens.CurrentNow.Find(id)
            : null;
        // It takes the same time however much of the secret is right. Ids are no secret.
        var isRight = CryptographicOperations.FixedTimeEquals(
            shown?.Hash() ?? NoHash, known is null ? NoHash : Convert.FromHexString(known.Sha256));
        return known is not null && isRight && !IsOver(known) ? known : null;
    }

    private TokenEntry? Find(X509Certificate2 certificate)
    {
        if (!BelievesCertificates)
            return null;
        var known = _tokens!.Current.Find(certificate) ?? _tokens.CurrentNow.Find(certificate);
        return known is not null && !IsOver(known) ? known : null;
    }

    private string RefusalOf(string text, X509Certificate2? certificate) => text.Length > 0
        ? "It does not know the access token, or it was revoked, or its time is over."
        : certificate is not null && BelievesCertificates && _tokens!.Current.KnowsCertificates
            ? $"It wants an access token, and has no role for the certificate of {certificate.Subject}."
            : "It wants an access token.";

    private bool IsOver(TokenEntry token) => token.Expires <= _clock.GetUtcNow();

    private SessionAccess AccessOf(AccessGrant grant, AccessUsage? usage, string from) =>
        new(grant, usage, AuditOf(grant.Holder, from)) { From = from };

    private Action<string, string>? AuditOf(string holder, string from) =>
        _audit is null ? null : (action, detail) => _audit.Note(action, holder, from, detail);
}
