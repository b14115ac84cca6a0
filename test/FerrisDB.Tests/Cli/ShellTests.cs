using FerrisDB.Cli;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Cli;

public sealed class ShellTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_script_prints_ok_for_each_write_and_the_answers_in_order()
    {
        var result = _cli.RunWith(
            """
            # A comment, then an empty line.

            set a 1
            set 'b c' "it's"; get a
            get nothing
            range
            del a
            count
            exit
            set never 1
            """,
            "shell", _cli.Database);

        Assert.Equal("ok\nok\n1\n(not found)\na\t1\nb c\tit's\nok\n1\n", result.Out);
        Assert.Equal((ExitCode.Ok, ""), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("frob", ExitCode.Usage, "There is no command 'frob'. See --help.")]
    [InlineData("get", ExitCode.Usage, "Required argument 'key' missing for command: 'get'. See `get --help`.")]
    [InlineData(
        "del-range b a", ExitCode.Database,
        "The range begins at b, behind its end a. [InvertedRange 2005]")]
    [InlineData("set b 'x", ExitCode.Usage, "The quote 'x is not closed.")]
    public void The_first_error_ends_a_script_and_tells_its_line(string wrong, int code, string error)
    {
        var result = _cli.RunWith($"set a 1\n\n{wrong}\nset b 2", "shell", _cli.Database);

        Assert.Equal((code, "ok\n", $"line 3: error: {error}\n"), (result.Code, result.Out, result.Error));
        Assert.Equal("a\t1", _cli.Answer("range", _cli.Database));
    }

    [Fact]
    public void A_script_can_go_on_behind_errors()
    {
        var result = _cli.RunWith("frob\nset a 1\ndel-range b a\nset b 2\n", "shell", _cli.Database, "--keep-going");

        Assert.Equal((ExitCode.Usage, "ok\nok\n"), (result.Code, result.Out));
    }

    [Fact]
    public void Commands_can_be_given_at_once()
    {
        var answer =
            _cli.Answer("shell", _cli.Database, "--exec", "set a 1; get a; set b ';' --durability none; count");

        Assert.Equal("ok\n1\nok\n2", answer);
        Assert.Equal(ExitCode.Usage, _cli.Run("shell", _cli.Database, "--exec", "get a; frob; get b").Code);
    }

    [Fact]
    public void In_json_every_command_answers_with_one_document_on_a_line()
    {
        var result = _cli.RunWith("set a 1\nget a\nget b\nfrob\n", "shell", _cli.Database, "--json");

        Assert.Equal(4, result.Lines.Length);
        Assert.All(result.Lines, line => Assert.StartsWith("{\"", line, StringComparison.Ordinal));
        Assert.Contains("\"found\":false", result.Lines[2], StringComparison.Ordinal);
        Assert.Contains("\"error\":", result.Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Help_lists_the_verbs_without_the_database()
    {
        var help = _cli.Answer("shell", _cli.Database, "--exec", "help");
        Assert.Contains("  get <key> ", help, StringComparison.Ordinal);

        help = _cli.Answer("shell", _cli.Database, "--exec", "help range");
        Assert.Contains("Examples:\n  range\n", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_and_export_work_in_the_shell_too()
    {
        var file = _cli.Write("in.jsonl", """{"id":1,"v":2}""");
        var copy = _cli.PathOf("out.csv");

        var answer = _cli.Answer("shell", _cli.Database, "--exec", $"import {file} --key id; get 1; export {copy}");

        Assert.Contains("{\"v\":2}", answer, StringComparison.Ordinal);
        Assert.Equal("key,value\n1,\"{\"\"v\"\":2}\"\n", File.ReadAllText(copy));
        var refused = _cli.Run("shell", _cli.Database, "--exec", "import - --format csv --key id");
        Assert.Equal(ExitCode.Usage, refused.Code);
    }

    [Fact]
    public void A_person_is_prompted_and_lines_are_kept_for_the_next_time()
    {
        var keys = new ScriptedKeys("set a 1⏎get a⏎frob⏎⏎exit⏎");
        var (screen, error) = Prompt(keys);

        Assert.Contains("ferrisdb> get a", screen, StringComparison.Ordinal);
        Assert.Contains("\n1\n", screen, StringComparison.Ordinal);
        Assert.Equal("error: There is no command 'frob'. See --help.\n", error);

        // Up three times is the line 'get a', in a new process.
        (screen, _) = Prompt(new ScriptedKeys("↑↑↑⏎"));
        Assert.Contains("\n1\n", screen, StringComparison.Ordinal);
        Assert.Equal("set a 1\nget a\nfrob\nexit\nget a\n", File.ReadAllText(_cli.PathOf("state/history")));
    }

    private (string Screen, string Error) Prompt(ScriptedKeys keys)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        using var console = new CliConsole(Stream.Null, output, error)
        {
            IsInputTerminal = true,
            Keys = keys,
            StateFolder = _cli.PathOf("state"),
            Time = _cli.Time,
        };
        Assert.Equal(ExitCode.Ok, CliRunner.Run(["shell", _cli.Database], console));
        return (System.Text.Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
