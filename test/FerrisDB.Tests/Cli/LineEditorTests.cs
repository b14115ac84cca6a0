using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

public sealed class LineEditorTests : IDisposable
{
    private readonly CliFixture _cli = new();
    private readonly DatabaseSession _session;
    private readonly CliConsole _console = new(Stream.Null, Stream.Null, TextWriter.Null);
    private readonly Completer _completer;

    public LineEditorTests()
    {
        _session = DatabaseSession.Open(_cli.Database, DatabaseAccess.Create, _console);
        foreach (
            var key in new[] { "user/1", "user/10", "user/2", "city/köln", "city/köln/dom", "with blank", "apple" })
            _session.Database.Storage.Put(System.Text.Encoding.UTF8.GetBytes(key), "v"u8);
        _completer = new Completer(_session, CommandTree.BuildForShell(_session, _console));
    }

    public void Dispose()
    {
        _session.Dispose();
        _console.Dispose();
        _cli.Dispose();
    }

    [Theory]
    [InlineData("get a⏎", "get a")]
    [InlineData("gt←e→ a⏎", "get a")]
    [InlineData("get ab⌫⏎", "get a")]
    [InlineData("xget a⇱⌦⏎", "get a")]
    [InlineData("et a^Ag^E!⏎", "get a!")]
    [InlineData("get old^Wa⏎", "get a")]
    [InlineData("nonsense^Uget a⏎", "get a")]
    [InlineData("get a b^←^K⏎", "get a ")]
    [InlineData("a c^←b ^→!⏎", "a b c!")]
    [InlineData("x😀⌫y⏎", "xy")]
    [InlineData("x😀←y⏎", "xy😀")]
    [InlineData("get a^J", "get a")]
    [InlineData("half typed^C", "")]
    public void Keys_edit_the_line(string keys, string line) => Assert.Equal(line, Read(keys));

    [Fact]
    public void The_end_of_input_and_control_D_on_an_empty_line_leave()
    {
        Assert.Null(Read(""));
        Assert.Null(Read("^D"));
        Assert.Equal("ac", Read("abc←←^D⏎"));
    }

    [Theory]
    [InlineData("↑⏎", "get 3")]
    [InlineData("↑↑↑↑↑⏎", "set 1")]
    [InlineData("typed↑↑↓↓⏎", "typed")]
    [InlineData("^P^P^N⏎", "get 3")]
    [InlineData("^Rset⏎", "set 2")]
    [InlineData("^Rset^R⏎", "set 1")]
    [InlineData("^RsetX⌫^R!⏎", "set 1")]
    [InlineData("typed^Rset⎋⏎", "typed")]
    [InlineData("^Rset⇱g^K⏎", "g")]
    [InlineData("^Rnowhere⏎", "")]
    public void Lines_typed_before_are_recalled_and_searched(string keys, string line) =>
        Assert.Equal(line, Read(keys.Replace("!", "", StringComparison.Ordinal), "set 1", "set 2", "get 3"));

    [Theory]
    [InlineData("ge⇥⏎", "get")]
    [InlineData("exp⇥⏎", "export ")]
    [InlineData("de⇥⏎", "del")]
    [InlineData("get us⇥⏎", "get user/")]
    [InlineData("get user/1⇥⏎", "get user/1")]
    [InlineData("get ap⇥⏎", "get apple ")]
    [InlineData("get w⇥⏎", "get 'with blank' ")]
    [InlineData("get 'w⇥⏎", "get 'with blank' ")]
    [InlineData("get ci⇥⇥⏎", "get city/köln")]
    [InlineData("set a 1;get ap⇥⏎", "set a 1;get apple ")]
    [InlineData("range --rev⇥⏎", "range --reverse ")]
    [InlineData("help exp⇥⏎", "help export ")]
    [InlineData("frob a⇥⏎", "frob a")]
    [InlineData("get zz⇥⏎", "get zz")]
    [InlineData("set x 'open ap⇥⏎", "set x 'open ap")]
    public void Tab_completes_verbs_options_and_keys(string keys, string line) => Assert.Equal(line, Read(keys));

    [Fact]
    public void Several_candidates_are_shown_below_the_line()
    {
        using var screen = new StringWriter { NewLine = "\n" };
        new LineEditor(new ScriptedKeys("get user/⇥⏎"), screen, History.Load(null), _completer).Read("> ");

        Assert.Contains("\nuser/1   user/10  user/2\n", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_longer_than_the_terminal_moves_sideways()
    {
        using var screen = new StringWriter { NewLine = "\n" };
        var typed = string.Concat(Enumerable.Range(0, 60).Select(i => (char)('a' + (i % 26))));
        var line = new LineEditor(new ScriptedKeys(typed + "⏎") { Width = 30 }, screen, History.Load(null), _completer)
            .Read("> ");

        Assert.Equal(typed, line);
        Assert.All(
            screen.ToString().Split('\r'), row => Assert.InRange(row.Split('\u001b')[0].TrimEnd('\n').Length, 0, 29));
    }

    [Fact]
    public void A_repeated_line_is_kept_once()
    {
        var history = History.Load(null);
        history.Add("a");
        history.Add("a");
        history.Add("b");

        Assert.Equal(["a", "b"], history.Lines);
    }

    private string? Read(string keys, params string[] lines)
    {
        var history = History.Load(null);
        foreach (var line in lines)
            history.Add(line);
        return new LineEditor(new ScriptedKeys(keys), TextWriter.Null, history, _completer).Read("> ");
    }
}
