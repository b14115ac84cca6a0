using System.Text;
using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

/// <summary>Transactions of a shell while somebody else in the process writes.</summary>
public sealed class TransactionTests : IDisposable
{
    private readonly CliFixture _cli = new();
    private readonly MemoryStream _output = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly CancellationTokenSource _interrupt = new();
    private readonly CliConsole _console;
    private readonly DatabaseSession _session;

    public TransactionTests()
    {
        _console = new CliConsole(Stream.Null, _output, _error) { Time = _cli.Time, Interrupted = _interrupt.Token };
        _session = DatabaseSession.Open(_cli.Database, DatabaseAccess.Create, _console);
    }

    public void Dispose()
    {
        _session.Dispose();
        _console.Dispose();
        _interrupt.Dispose();
        _error.Dispose();
        _output.Dispose();
        _cli.Dispose();
    }

    [Fact]
    public void A_conflict_names_what_was_read_and_written_meanwhile()
    {
        const string Refused =
            "The transaction conflicts with one that committed first. Run it again (Database.RunAsync does).";
        Assert.Equal("begun\n(not found)\n0\npending\n", Run("begin; get a; count k m; set b 1"));
        Write("a", "other");
        Write("l", "other");

        Assert.Equal("", Run("commit", ExitCode.Database));

        Assert.Equal(
            """
            error: REFUSED [NotCommitted 1020]
              read here, and written by somebody else meanwhile: a
              read here, and written by somebody else meanwhile: k to m
            Nothing of it was written: begin again, with what is there now.

            """,
            _error.ToString().Replace(Refused, "REFUSED", StringComparison.Ordinal));
        Assert.Equal("(not found)\n", Run("get b"));
        Assert.EndsWith("\nno transaction is open\n", Run("status"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_conflict_in_json_has_its_ranges()
    {
        Run("begin; get a; set b 1", isJson: true);
        Write("a", "other");

        var answer = Run("commit", ExitCode.Database, isJson: true);

        Assert.Contains("\"name\":\"NotCommitted\",\"code\":1020", answer, StringComparison.Ordinal);
        Assert.Contains("\"conflictingRanges\":[\"a\"]", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limited_range_conflicts_with_nothing_behind_its_limit()
    {
        foreach (var key in (string[])["a", "b", "c"])
            Write(key, "1");
        Assert.Equal("begun\na\t1\nb\t1\npending\n", Run("begin; range --limit 2; set d 1"));
        Write("c", "other");

        Assert.Equal("ok\n", Run("commit"));
    }

    [Fact]
    public void A_watch_ends_with_the_change()
    {
        using var changing = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            // The watch is there when its line is written; until then each write is one that it has seen.
            for (var i = 0; !changing.IsCancellationRequested; i++)
                Write("a", $"{i}");
        });
        writer.Start();
        var answer = Run("watch a");
        changing.Cancel();
        writer.Join();

        Assert.Equal("changed: a\n", answer);
        Assert.Equal("watching a; ctrl-c ends it\n", _error.ToString());
    }

    [Fact]
    public void Control_C_ends_a_watch()
    {
        _interrupt.Cancel();

        Assert.Equal("", Run("watch a"));
        Assert.Equal("watching a; ctrl-c ends it\nnot changed: a\n", _error.ToString());
        Assert.Contains("\"changed\":false", Run("watch a", isJson: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Watches_in_the_background_tell_of_the_changes_of_the_shell_itself()
    {
        Assert.Equal("watching\nok\nok\nchanged: a\nok\n", Run("watch a --background; set b 1; set a 1; set a 2"));
        Assert.Equal(
            "begun\nwatching\npending\nok\nok\nchanged: a\n", Run("begin; watch a; set b 2; commit; del-range a c"));
    }

    [Fact]
    public void Nobody_hears_of_a_watch_that_was_rolled_back() =>
        Assert.Equal("begun\nwatching\nrolled back\nok\n", Run("begin; watch a; rollback; set a 3"));

    [Fact]
    public void What_is_left_open_at_the_end_is_rolled_back_and_told()
    {
        var result = _cli.RunWith("begin\nset a 1\n", "shell", _cli.Database);

        const string Told = "The transaction that was open is rolled back: nothing of it was written.\n";
        Assert.Equal((ExitCode.Ok, "begun\npending\n", Told), (result.Code, result.Out, result.Error));
        result = _cli.Run("shell", _cli.Database, "--exec", "begin; set a 1; frob");
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.EndsWith(Told, result.Error, StringComparison.Ordinal);
        Assert.Equal("0\n", Run("count"));
    }

    [Fact]
    public void The_prompt_has_a_star_while_a_transaction_is_open()
    {
        using var output = new MemoryStream();
        using var console = new CliConsole(Stream.Null, output, TextWriter.Null)
        {
            IsInputTerminal = true,
            Keys = new ScriptedKeys("begin⏎rollback⏎status⏎"),
            Time = _cli.Time,
        };
        Assert.Equal(ExitCode.Ok, CliRunner.Run(["shell", _cli.Database], console));

        var screen = Encoding.UTF8.GetString(output.ToArray());
        Assert.Contains("ferrisdb> begin", screen, StringComparison.Ordinal);
        Assert.Contains("ferrisdb*> rollback", screen, StringComparison.Ordinal);
        Assert.Contains("ferrisdb> status", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void An_import_into_an_open_shell_is_seen_by_its_watches_and_is_as_large_as_one_likes()
    {
        var lines = Enumerable.Range(0, 60_000).Select(i => $$"""{"key":"k{{i:00000}}","value":""}""");
        var file = _cli.Write("tiny.jsonl", string.Join('\n', lines));

        var answer = Run($"watch k00007 --background; import {file} --batch 60000; count");

        Assert.StartsWith("watching\nimported 60,000 records", answer, StringComparison.Ordinal);
        Assert.EndsWith("changed: k00007\n60000\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wat", "watch|")]
    [InlineData("getv", "getversion|")]
    [InlineData("option read_your", "read_your_writes_disable|")]
    [InlineData("option on read_your", "")]
    [InlineData("atomic byte_", "byte_max|byte_min|")]
    [InlineData("atomic add us", "user/")]
    [InlineData("watch us", "user/")]
    [InlineData("writemode o", "off|on|")]
    [InlineData("dir re", "remove|")]
    [InlineData("dir open /a", "/ab|/app|")]
    [InlineData("dir open /app/", "'/app/two words'|/app/users|")]
    [InlineData("dir open /none/", "")]
    [InlineData("get (", @"\x28a\\b|")]
    [InlineData(@"get \x28", @"\x28a\\b|")]
    public void New_verbs_complete_too(string text, string candidates)
    {
        Write("user/1", "1");
        Write(@"(a\b", "1");
        Run("dir create /app/users; dir create /ab; dir create '/app/two words'");
        var completer = new Completer(_session, CommandTree.BuildForShell(_session, _console));

        var completion = completer.Complete(text);

        var shown = string.Concat(completion.Candidates.Select(each => each + (completion.IsWholeWord ? "|" : "")));
        Assert.Equal(candidates, shown);
    }

    private void Write(string key, string value) => _session.Run(transaction =>
    {
        transaction.Set(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
        return ValueTask.CompletedTask;
    });

    // As a line of the shell that stays open.
    private string Run(string line, int code = ExitCode.Ok, bool isJson = false)
    {
        _console.Out.Flush();
        _output.SetLength(0);
        var shell = new ShellSession(_session, _console) { IsJson = isJson };
        Assert.Equal(code, shell.RunLine(line, errorPrefix: ""));
        _console.Out.Flush();
        return Encoding.UTF8.GetString(_output.ToArray());
    }
}
