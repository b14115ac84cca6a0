using System.Text;
using FerrisDB.Server;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Server;

/// <summary>A server that asks for tokens, with its token file and its audit log.</summary>
internal sealed class TokenScene : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ferrisdb-tokens-");
    private readonly TimeProvider _clock;

    private TokenScene(TimeProvider clock) => _clock = clock;

    public TestServer Server { get; private set; } = null!;

    public string TokenFile => PathOf("tokens.json");

    public string AuditFile => PathOf("audit.jsonl");

    public TokenDesk Desk => new(TokenFile, _clock);

    public static async Task<TokenScene> StartAsync(TimeProvider? clock = null, TlsOptions? tls = null)
    {
        var scene = new TokenScene(clock ?? TimeProvider.System);
        FerrisDB.Server.TokenFile.Empty.Write(scene.TokenFile);
        scene.Server = await TestServer.StartAsync(null, new ServerOptions
        {
            TokenFile = scene.TokenFile,
            AuditFile = scene.AuditFile,
            TimeProvider = scene._clock,
            Tls = tls,
        });
        return scene;
    }

    /// <summary>Gives out some tokens, and has the server read them.</summary>
    public static async Task<(TokenScene Scene, string[] Tokens)> StartAsync(
        params (string Role, string Prefix)[] grants)
    {
        var scene = new TokenScene(TimeProvider.System);
        var tokens = grants.Select(grant => scene.Give(grant.Role, grant.Prefix)).ToArray();
        scene.Server = await TestServer.StartAsync(null, new ServerOptions
        {
            TokenFile = scene.TokenFile,
            AuditFile = scene.AuditFile,
        });
        return (scene, tokens);
    }

    /// <summary>Makes a token.</summary>
    public string Give(string role, string prefix = "", TokenEntry? like = null, int? days = null) => Desk.Create(
        (like ?? new TokenEntry { Id = "", Sha256 = "", Role = role }) with { Role = role },
        Encoding.Latin1.GetBytes(prefix), days).Token;

    /// <summary>Lets certificates in that say something; returns the id.</summary>
    public string GiveToCertificates(string criteria, string role, string prefix = "", int? days = null) =>
        Desk.CreateForCertificates(
            new TokenEntry { Id = "", Role = role, Certificate = criteria }, Encoding.Latin1.GetBytes(prefix), days).Id;

    /// <summary>A client with a certificate, and a token or none.</summary>
    public Database Connect(TlsOptions tls, string? token = null) => Server.Connect(new DatabaseOptions
    {
        Tls = tls,
        Token = token is null ? null : AccessToken.Parse(token),
    });

    /// <summary>A client that shows a token, or none.</summary>
    public Database Connect(string? token) => Server.Connect(new DatabaseOptions
    {
        Token = token is null ? null : AccessToken.Parse(token),
    });

    /// <summary>What the audit log says, a line each.</summary>
    public string[] Audit() => File.Exists(AuditFile) ? File.ReadAllLines(AuditFile) : [];

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
