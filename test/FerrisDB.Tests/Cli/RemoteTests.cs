using FerrisDB.Cli;
using FerrisDB.Tests.Network;

namespace FerrisDB.Tests.Cli;

/// <summary>The verbs, with a cluster in the place of a folder.</summary>
public sealed class RemoteTests : IAsyncLifetime
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
    public void What_is_set_on_a_server_can_be_got_counted_listed_and_cleared()
    {
        Assert.Equal("ok", _cli.Answer("set", Cluster, "a", "1"));
        Assert.Equal("ok", _cli.Answer("atomic", Cluster, "add", "n", "5"));
        Assert.Equal("1", _cli.Answer("get", Cluster, "a"));
        Assert.Equal("5", _cli.Answer("get", Cluster, "n", "--number"));
        Assert.Equal("2", _cli.Answer("count", Cluster));
        Assert.StartsWith("n\t", _cli.Answer("range", Cluster, "--reverse"), StringComparison.Ordinal);
        Assert.Equal("ok", _cli.Answer("del", Cluster, "a"));
        Assert.Equal(ExitCode.NotFound, _cli.Run("get", Cluster, "a").Code);
    }

    [Fact]
    public void A_cluster_file_leads_there_and_comments_in_it_do_not_matter()
    {
        var file = _cli.Write("my.cluster", $"# a comment\n{Cluster}\n");

        Assert.Equal("ok", _cli.Answer("set", file, "a", "1"));

        Assert.Equal("1", _cli.Answer("get", Cluster, "a"));
    }

    [Fact]
    public void What_was_exported_from_a_server_is_imported_into_another_database()
    {
        var script = string.Concat(Enumerable.Range(0, 2500).Select(i => $"key{i:0000},{i}\n"));
        var file = _cli.Write("keys.csv", "key,value\n" + script);
        _cli.Answer("import", Cluster, file, "--key", "key", "--value", "value");

        Assert.Equal("2500", _cli.Answer("count", Cluster));
        _cli.Answer("export", Cluster, _cli.PathOf("out.jsonl"));
        _cli.Answer("import", _cli.Database, _cli.PathOf("out.jsonl"));

        Assert.Equal("2500", _cli.Answer("count", _cli.Database));
        Assert.Equal("2499", _cli.Answer("get", _cli.Database, "key2499"));
    }

    [Fact]
    public void Sorted_records_become_tables_of_a_server_or_none_of_them_does()
    {
        _cli.Answer("set", Cluster, "key0001", "old");
        var lines = string.Concat(Enumerable.Range(0, 2500).Select(i => $"key{i:0000},{i}\n"));
        var file = _cli.Write("keys.csv", "key,value\n" + lines + "key0000,again\n");

        var refused = _cli.Run("import", Cluster, file, "--key", "key", "--value", "value", "--sorted");

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("line 2502: its key is not behind the one before", refused.Error, StringComparison.Ordinal);
        Assert.Equal("1", _cli.Answer("count", Cluster));
        _cli.Answer("import", Cluster, file, "--key", "key", "--value", "value", "--sorted", "--skip-bad");
        Assert.Equal("2500", _cli.Answer("count", Cluster));
        Assert.Equal("1", _cli.Answer("get", Cluster, "key0001"));
    }

    [Fact]
    public void A_backup_of_a_server_is_made_from_outside_and_restored_to_a_folder()
    {
        var place = _cli.PathOf("backups");
        _cli.Answer("set", Cluster, "a", "1");
        Assert.Matches("backup 000001 in .*backups: ", _cli.Answer("backup", "create", Cluster, place));
        _cli.Answer("set", Cluster, "b", "2");
        Assert.Equal(0, _cli.RunWith($"backup {place}\n", "shell", Cluster).Code);

        _cli.Answer("restore", place, _cli.PathOf("copy"));

        Assert.Equal("a\t1\nb\t2", _cli.Answer("range", _cli.PathOf("copy")));
        var linked = _cli.Run("backup", "create", Cluster, place, "--link");
        Assert.Equal(ExitCode.Usage, linked.Code);
    }

    [Fact]
    public void A_follower_takes_a_server_and_nothing_else()
    {
        _cli.Answer("set", _cli.Database, "a", "1");
        var folder = _cli.Run("backup", "follow", _cli.Database, _cli.PathOf("backups"));
        Assert.Equal(ExitCode.Usage, folder.Code);
        Assert.Contains("no cluster file", folder.Error, StringComparison.Ordinal);
        var interval = _cli.Run("backup", "follow", Cluster, _cli.PathOf("backups"), "--interval", "0");
        Assert.Equal(ExitCode.Usage, interval.Code);
    }

    [Fact]
    public void A_shell_works_in_transactions_on_a_server()
    {
        var result = _cli.RunWith("begin\nset a 1\nget a\ncommit\nrange\n", "shell", Cluster);

        Assert.Equal((ExitCode.Ok, ""), (result.Code, result.Error));
        Assert.Contains("a\t1", result.Out, StringComparison.Ordinal);
        Assert.Equal("1", _cli.Answer("get", Cluster, "a"));
    }

    [Fact]
    public void What_is_about_files_says_that_it_needs_the_folder()
    {
        var result = _cli.Run("stats", Cluster);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("cannot be asked of a server", result.Error, StringComparison.Ordinal);
    }
}
