using FerrisDB.Cli;
using FerrisDB.Tests.Cli;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Server;

/// <summary>Tokens, by the command alone.</summary>
public sealed class TokenCommandTests : IDisposable
{
    private readonly CliFixture _cli = new();

    private string Tokens => _cli.PathOf("tokens.json");

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Tokens_are_made_listed_and_taken_back()
    {
        var id = _cli.AnswerInJson(
            "token", "create", Tokens, "--role", "read-write", "--prefix", @"orders\x00", "--name", "shop",
            "--requests-per-second", "1000", "--days", "1").GetProperty("id").GetString()!;
        var token = _cli.Answer("token", "create", Tokens, "--role", "admin");

        var list = _cli.Answer("token", "list", Tokens).Split('\n');
        Assert.StartsWith($"{id}  shop  read-write  ", list[1], StringComparison.Ordinal);
        Assert.Contains(@"orders\x00", list[1], StringComparison.Ordinal);
        Assert.Contains("1,000 requests/s", list[1], StringComparison.Ordinal);
        Assert.StartsWith($"{token.Split('_')[1]}        admin", list[2], StringComparison.Ordinal);
        Assert.Equal(2, _cli.AnswerInJson("token", "list", Tokens).GetProperty("tokens").GetArrayLength());

        Assert.Equal($"{id} is revoked", _cli.Answer("token", "revoke", Tokens, id));
        Assert.Equal(ExitCode.NotFound, _cli.Run("token", "revoke", Tokens, id).Code);
        Assert.Equal(2, _cli.Answer("token", "list", Tokens).Split('\n').Length);
    }

    [Theory]
    [InlineData("--role", "god")]
    [InlineData("--role", "admin", "--prefix", "a")]
    [InlineData("--role", "read-only", "--prefix", @"\xff")]
    [InlineData("--role", "read-only", "--days", "0")]
    public void What_makes_no_sense_is_refused_and_nothing_is_written(params string[] options)
    {
        Assert.NotEqual(ExitCode.Ok, _cli.Run(["token", "create", Tokens, .. options]).Code);
        Assert.False(File.Exists(Tokens));
    }

    [Fact]
    public void A_server_in_a_process_and_a_client_in_another_meet_by_a_token_in_the_environment()
    {
        var token = _cli.Answer("token", "create", Tokens, "--role", "read-write", "--prefix", "p/");
        using var server = ServerProcess.Serve(_cli.Database, "--tokens", Tokens);

        Assert.Equal(
            (ExitCode.Ok, "ok\n"),
            ServerProcess.RunCli([("FERRISDB_TOKEN", token)], "set", server.ClusterFile, "p/a", "1"));
        Assert.Equal(
            ExitCode.Database,
            ServerProcess.RunCli([("FERRISDB_TOKEN", token)], "set", server.ClusterFile, "q", "1").Code);
        Assert.Equal(ExitCode.Database, ServerProcess.RunCli([], "get", server.ClusterFile, "p/a").Code);

        // Beside the cluster file, and known to the server at once.
        _cli.Answer("token", "create", Tokens, "--role", "read-only", "--to", _cli.PathOf("db/fdb.token"));
        Assert.Equal((ExitCode.Ok, "1\n"), ServerProcess.RunCli([], "get", server.ClusterFile, "p/a"));
    }
}
