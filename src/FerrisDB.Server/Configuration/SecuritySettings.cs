namespace FerrisDB.Server;

/// <summary>What <c>ferrisdb serve</c> can be told about who may connect, and how.</summary>
internal static class SecuritySettings
{
    // A secret is no setting: settings are printed.
    private const string PasswordVariable = "FDB_TLS_PASSWORD";

    public static TypedSetting<string?> Certificate { get; } = new(
        "tls-cert", "FILE", "The server's certificate, PEM: connections are encrypted. Read again when it changes.",
        SettingKinds.OptionalPath, null, "none");

    public static TypedSetting<string?> Key { get; } = new(
        "tls-key", "FILE", "Its private key, PEM.", SettingKinds.OptionalPath, null, "in the file of the certificate");

    public static TypedSetting<string?> Authorities { get; } = new(
        "tls-ca", "FILE", "Authorities, PEM: clients need a certificate that one of them has signed.",
        SettingKinds.OptionalPath, null, "none; clients need no certificate");

    public static TypedSetting<string?> VerifyPeers { get; } = new(
        "tls-verify-peers", "CRITERIA", "What clients' certificates must say, in FoundationDB's words: S.CN=app.",
        new SettingKind<string?>(
            "criteria such as S.CN=app,S.O=Example", TryParseCriteria, static value => value ?? ""),
        null, "anything");

    public static TypedSetting<string?> Tokens { get; } = new(
        "tokens", "FILE", "Access tokens, and roles of certificates: who may do what. Read again when it changes.",
        SettingKinds.OptionalPath, null, "none; everybody may do everything");

    public static TypedSetting<string?> AuditLog { get; } = new(
        "audit-log", "FILE", "Where to write what admins do, and who was not let in: JSON lines.",
        SettingKinds.OptionalPath, null, "nowhere");

    public static IReadOnlyList<Setting> All { get; } =
        [Certificate, Key, Authorities, VerifyPeers, Tokens, AuditLog];

    /// <summary>Refuses what does not go together.</summary>
    /// <exception cref="SettingException">Names the setting that is missing.</exception>
    public static void Check(ServerConfiguration configuration)
    {
        Require(configuration, Key, Certificate);
        Require(configuration, Authorities, Certificate);
        Require(configuration, VerifyPeers, Authorities);
    }

    /// <summary>How connections are encrypted; null if they are not.</summary>
    public static TlsOptions? Tls(ServerConfiguration configuration) =>
        configuration.Get(Certificate) is { } certificate
            ? new TlsOptions
            {
                CertificateFile = certificate,
                KeyFile = configuration.Get(Key),
                KeyPassword = Environment.GetEnvironmentVariable(PasswordVariable),
                CaFile = configuration.Get(Authorities),
                VerifyPeers = configuration.Get(VerifyPeers),
            }
            : null;

    private static void Require(
        ServerConfiguration configuration, TypedSetting<string?> setting, TypedSetting<string?> other)
    {
        if (configuration.Get(setting) is not null && configuration.Get(other) is null)
            throw new SettingException($"{setting.Name} says nothing without {other.Name}.");
    }

    private static bool TryParseCriteria(string text, out string? value)
    {
        value = text;
        try
        {
            _ = PeerCriteria.Parse(text);
            return true;
        }
        catch (FerrisException)
        {
            return false;
        }
    }
}
