using FerrisDB.Cli;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Cli;

/// <summary>The verbs with which a server is watched and told what to do.</summary>
public sealed class OperationsTests : IAsyncLifetime
{
    private readonly CliFixture _cli = new();
    private TestServer _server = null!;

    private string Cluster => _server.ConnectionString;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _cli.Dispose();
    }

    [Fact]
    public void The_status_of_a_server_begins_with_a_sentence()
    {
        var lines = _cli.Run("status", Cluster).Lines;

        Assert.StartsWith("healthy: 1 client, ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("fault tolerance", StringComparison.Ordinal));
        Assert.Equal(1, _cli.AnswerInJson("status", Cluster).GetProperty("schema").GetInt32());
    }

    [Fact]
    public void The_status_of_a_folder_says_that_nobody_serves_it()
    {
        _cli.Answer("set", _cli.Database, "a", "1");

        Assert.Equal("healthy: a folder that no server has open", _cli.Run("status", _cli.Database).Lines[0]);
        Assert.Equal("healthy", _cli.AnswerInJson("status", _cli.Database).GetProperty("health").GetString());
    }

    [Fact]
    public void The_status_in_a_shell_tells_of_the_server_and_of_the_transaction()
    {
        var result = _cli.RunWith("begin\nset a 1\nstatus\n", "shell", Cluster);

        Assert.Contains("\nhealthy: 1 client, ", result.Out, StringComparison.Ordinal);
        Assert.Contains("\na transaction is open, of about ", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Hot_keys_are_listed_with_their_share()
    {
        _cli.Answer("set", Cluster, "written", "1");
        for (var time = 0; time < 3; time++)
            _cli.Answer("get", Cluster, "written");

        var lines = _cli.Run("hotkeys", Cluster).Lines;

        Assert.StartsWith("written   100.0 %  0.0 %", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("written      100.0 %  0.0 %", lines[4], StringComparison.Ordinal);
        Assert.Equal("written", _cli.AnswerInJson("hotkeys", Cluster).GetProperty("reads").GetProperty("keys")[0]
            .GetProperty("key").GetString());
    }

    [Fact]
    public void The_log_level_is_changed_and_a_wrong_one_refused()
    {
        Assert.Equal("log level changed from info to debug", _cli.Answer("loglevel", Cluster, "debug"));

        var wrong = _cli.Run("loglevel", Cluster, "loud");

        Assert.Equal(ExitCode.Database, wrong.Code);
        Assert.Contains("one of trace, debug, info", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_is_throttled_listed_and_let_go()
    {
        Assert.Equal("no tag is throttled", _cli.Answer("throttle", Cluster, "list"));
        Assert.Equal("throttled", _cli.Answer("throttle", Cluster, "on", "tag", "reports", "50"));
        Assert.Equal("throttled", _cli.Answer("throttle", Cluster, "on", "tag", "x y", "0", "600"));

        var list = _cli.Answer("throttle", Cluster, "list");
        Assert.Contains("reports: 50/s at most", list, StringComparison.Ordinal);
        Assert.Matches("x.*y: 0/s at most", list);
        var row = _cli.AnswerInJson("throttle", Cluster, "list").GetProperty("throttles")[0];
        Assert.Equal(50, row.GetProperty("startsPerSecondMax").GetDouble());
        Assert.Equal("1 throttle ended", _cli.Answer("throttle", Cluster, "off", "tag", "x y"));
        Assert.Equal("1 throttle ended", _cli.Answer("throttle", Cluster, "off", "all"));
        Assert.Equal("no tag is throttled", _cli.Answer("throttle", Cluster, "list"));
        Assert.Equal(ExitCode.Usage, _cli.Run("throttle", Cluster, "on", "tag", "a", "-5").Code);
        Assert.Equal(ExitCode.Usage, _cli.Run("throttle", Cluster, "slow").Code);
        Assert.Equal("disabled", _cli.Answer("throttle", Cluster, "disable", "auto"));
        Assert.Equal("enabled", _cli.Answer("throttle", Cluster, "enable", "auto"));
    }

    [Fact]
    public async Task Kill_stops_the_server_in_fdbclis_way_too()
    {
        var wrong = _cli.Run("kill", Cluster, "10.0.0.1:4500");
        Assert.Equal(ExitCode.Database, wrong.Code);
        Assert.False(_server.Server.Admin.StopOrdered.IsCompleted);

        Assert.Equal($"{_server.Server.EndPoint} is stopping", _cli.Answer("shell", Cluster, "--exec", "kill all"));

        await _server.Server.Admin.StopOrdered;
    }

    [Fact]
    public void Verbs_about_a_server_say_that_a_folder_is_none()
    {
        _cli.Answer("set", _cli.Database, "a", "1");

        foreach (var verb in (string[])["kill", "hotkeys"])
            Assert.Contains("about a server", _cli.Run(verb, _cli.Database).Error, StringComparison.Ordinal);
    }
}
