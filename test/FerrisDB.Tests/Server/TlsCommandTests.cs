using FerrisDB.Cli;
using FerrisDB.Tests.Cli;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Server;

/// <summary>From nothing to an encrypted connection, by the command alone.</summary>
public sealed class TlsCommandTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Certificates_are_made_once_and_renewed_when_somebody_says_so()
    {
        var folder = _cli.PathOf("tls");
        _cli.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        var made = _cli.AnswerInJson("tls", "create", "--to", folder, "--host", "db.test");
        var authority = File.ReadAllText(made.GetProperty("authority").GetString()!);
        var server = File.ReadAllText(made.GetProperty("server").GetString()!);

        Assert.Equal(ExitCode.Usage, _cli.Run("tls", "create", "--to", folder).Code);
        Assert.Contains("--renew", _cli.Answer("tls", "create", "--help"), StringComparison.Ordinal);
        _cli.Answer("tls", "create", "--to", folder, "--renew");

        Assert.Equal(authority, File.ReadAllText(Path.Combine(folder, "ca.pem")));
        Assert.NotEqual(server, File.ReadAllText(Path.Combine(folder, "server.pem")));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var key in new[] { "ca-key.pem", "server-key.pem", "client-key.pem" })
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, key)));
        }
    }

    [Fact]
    public void A_server_in_a_process_and_a_client_in_another_meet_by_what_the_environment_says()
    {
        var folder = _cli.PathOf("tls");
        _cli.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        _cli.Answer("tls", "create", "--to", folder);
        string PathOf(string name) => Path.Combine(folder, name);
        using var server = ServerProcess.Serve(
            _cli.Database, "--tls-cert", PathOf("server.pem"), "--tls-key", PathOf("server-key.pem"),
            "--tls-ca", PathOf("ca.pem"), "--cluster-file", PathOf("fdb.cluster"));

        // The authority lies beside the cluster file.
        var (code, output) = ServerProcess.RunCli(
            [("FDB_TLS_CERTIFICATE_FILE", PathOf("client.pem")), ("FDB_TLS_KEY_FILE", PathOf("client-key.pem"))],
            "set", PathOf("fdb.cluster"), "a", "1");

        Assert.EndsWith(":tls", server.ConnectionString, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Ok, "ok\n"), (code, output));
    }

    [Theory]
    [InlineData("--tls-key", "k.pem", "tls-cert")]
    [InlineData("--tls-ca", "ca.pem", "tls-cert")]
    [InlineData("--tls-verify-peers", "S.CN=app", "tls-ca")]
    [InlineData("--tls-verify-peers", "nonsense", "criteria")]
    public void Settings_that_say_nothing_by_themselves_are_refused(string flag, string value, string named)
    {
        var result = _cli.Run("serve", "--data", _cli.Database, flag, value);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }
}
