using System.CommandLine;
using System.Text;

namespace FerrisDB.Cli;

/// <summary>
/// Runs lines of commands on one open database: typed at a prompt, read from a script, or given at once.
/// </summary>
internal sealed class ShellSession
{
    private const string Prompt = "ferrisdb> ";
    private const string PromptInTransaction = "ferrisdb*> ";

    private readonly DatabaseSession _session;
    private readonly CliConsole _console;
    private readonly RootCommand _commands;
    private bool _isEnded;

    public ShellSession(DatabaseSession session, CliConsole console)
    {
        _session = session;
        _console = console;
        _commands = CommandTree.BuildForShell(session, console);
    }

    /// <summary>Every command answers with one JSON document, on one line.</summary>
    public bool IsJson { get; init; }

    /// <summary>An error does not end the session.</summary>
    public bool KeepsGoing { get; init; }

    /// <summary>Runs the commands of one text.</summary>
    public int RunCommands(string text)
    {
        var code = RunLine(text, errorPrefix: "");
        RollBack();
        return code;
    }

    /// <summary>Runs the lines of standard input.</summary>
    public int RunScript()
    {
        using var script = new StreamReader(_console.Input, Encoding.UTF8, leaveOpen: true);
        var code = ExitCode.Ok;
        for (var number = 1; !_isEnded && script.ReadLine() is { } line; number++)
        {
            var lineCode = RunLine(line, $"line {number}: ");
            if (lineCode == ExitCode.Ok)
                continue;
            code = code == ExitCode.Ok ? lineCode : code;
            if (!KeepsGoing)
                break;
        }
        RollBack();
        return code;
    }

    /// <summary>Asks a person for lines until the end is wished for.</summary>
    public int RunPrompt()
    {
        var history = History.Load(_console.StateFolder);
        var editor = new LineEditor(_console.Keys, _console.Out, history, new Completer(_session, _commands));
        _console.Out.WriteLine($"FerrisDB, {_session.Name}. Type help for the commands, exit or Ctrl-D to leave.");
        while (!_isEnded && editor.Read(_session.Transaction is null ? Prompt : PromptInTransaction) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            history.Add(line.TrimEnd());
            RunLine(line, errorPrefix: "");
        }
        RollBack();
        return ExitCode.Ok;
    }

    /// <summary>
    /// Runs the commands of a line. Returns the code of the first one that failed; what is not found is no failure
    /// here, it was answered.
    /// </summary>
    public int RunLine(string line, string errorPrefix)
    {
        List<List<string>> commands;
        try
        {
            commands = CommandLine.Split(line);
        }
        catch (UsageException error)
        {
            return new Answer(_console, IsJson, errorPrefix).Misuse(error.Message);
        }
        var code = ExitCode.Ok;
        foreach (var words in commands)
        {
            var commandCode = Run(words, errorPrefix);
            foreach (var key in _session.TakeChanges())
                WatchCommand.Tell(_console, key, IsJson);
            _console.Out.Flush();
            if (commandCode is ExitCode.Ok or ExitCode.NotFound)
                continue;
            code = code == ExitCode.Ok ? commandCode : code;
            if (!KeepsGoing)
                break;
        }
        return code;
    }

    private void RollBack()
    {
        if (_session.End())
            _console.Error.WriteLine("The transaction that was open is rolled back: nothing of it was written.");
    }

    private int Run(List<string> words, string errorPrefix)
    {
        switch (words)
        {
            case ["exit" or "quit"]:
                _isEnded = true;
                return ExitCode.Ok;
            case ["help"]:
                return CliRunner.Run(_commands, ["--help"], _console, errorPrefix);
            case ["help", var verb]:
                return CliRunner.Run(_commands, [verb, "--help"], _console, errorPrefix);
            default:
                return CliRunner.Run(_commands, IsJson ? ["--json", .. words] : words, _console, errorPrefix);
        }
    }
}
