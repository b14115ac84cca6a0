using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FerrisDB.Server;

/// <summary>Decides who may connect, and what they may do: by the tokens of a file, if there is one.</summary>
/// <remarks>
/// Thread-safe. The file is read again when it has changed: what was revoked ends, what is new counts.
/// </remarks>
internal sealed class Doorkeeper
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly TimeProvider _clock;
    private readonly AuditLog? _audit;
    private readonly ChangingFiles<Dictionary<string, TokenEntry>>? _tokens;

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
        _tokens = new ChangingFiles<Dictionary<string, TokenEntry>>(
            [tokenFile], () => TokenFile.Read(tokenFile).Tokens.ToDictionary(static token => token.Id), clock);
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

    /// <summary>Decides about somebody who shows this token, or none, and comes from there.</summary>
    public Admission Admit(string text, string from)
    {
        if (_tokens is null)
            return Admission.Of(AccessOf(AccessGrant.Everything, null, from), null);
        if (Find(text, out var id) is not { } token)
        {
            var refusal = text.Length == 0
                ? "It wants an access token."
                : "It does not know the access token, or it was revoked, or its time is over.";
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
        return _tokens.Current.TryGetValue(token.Id, out var now) && now == token && !IsOver(token);
    }

    /// <summary>A connection that was admitted has ended.</summary>
    public static void Leave(Admission admission) => admission.Access?.Usage?.Disconnect();

    private TokenEntry? Find(string text, out string id)
    {
        var isToken = AccessToken.TryParse(text, out var shown);
        id = shown?.Id ?? "";
        // One that was made a moment ago need not wait for the next look.
        var known = isToken
            ? _tokens!.Current.GetValueOrDefault(id) ?? _tokens.CurrentNow.GetValueOrDefault(id)
            : null;
        // It takes the same time however much of the secret is right. Ids are no secret.
        var isRight = CryptographicOperations.FixedTimeEquals(
            shown?.Hash() ?? NoHash, known is null ? NoHash : Convert.FromHexString(known.Sha256));
        return known is not null && isRight && !IsOver(known) ? known : null;
    }

    private bool IsOver(TokenEntry token) => token.Expires <= _clock.GetUtcNow();

    private SessionAccess AccessOf(AccessGrant grant, AccessUsage? usage, string from) =>
        new(grant, usage, AuditOf(grant.Holder, from)) { From = from };

    private Action<string, string>? AuditOf(string holder, string from) =>
        _audit is null ? null : (action, detail) => _audit.Note(action, holder, from, detail);
}
