using System.Text;
using Spectre.Console;

namespace FerrisDB.Cli;

/// <summary>Where a command reads and writes: the process's own streams, or those of a test.</summary>
internal sealed class CliConsole : IDisposable
{
    private const int BufferBytes = 64 << 10;

    public CliConsole(Stream input, Stream output, TextWriter error)
    {
        Input = input;
        Output = output;
        Error = error;
        Out = new StreamWriter(output, new UTF8Encoding(false), BufferBytes, leaveOpen: true) { NewLine = "\n" };
    }

    /// <summary>Bytes for a command that reads them: a script, or a file to import.</summary>
    public Stream Input { get; }

    /// <summary>Bytes that a command answers. Flush <see cref="Out"/> before writing here.</summary>
    public Stream Output { get; }

    /// <summary>Text that a command answers, buffered; flushed when the command ends.</summary>
    public TextWriter Out { get; }

    /// <summary>Everything that is not the answer: errors, progress, hints.</summary>
    public TextWriter Error { get; }

    public bool IsInputTerminal { get; init; }

    public bool IsOutputTerminal { get; init; }

    public bool IsErrorTerminal { get; init; }

    /// <summary>The one JSON document is written already, though an error came in the middle of it.</summary>
    public bool HasAnsweredInJson { get; set; }

    /// <summary>Seeds what is left to chance.</summary>
    public int Seed { get; init; } = Environment.ProcessId;

    /// <summary>Ends what is waited for, as ctrl-c does.</summary>
    public CancellationToken Interrupted { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the history of the shell is kept, or null for nowhere.</summary>
    public string? StateFolder { get; init; }

    /// <summary>The keys of the terminal.</summary>
    public IKeySource Keys { get; init; } = new TerminalKeys();

    /// <summary>The streams of this process.</summary>
    public static CliConsole OfProcess() =>
        new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error)
        {
            IsInputTerminal = !Console.IsInputRedirected,
            IsOutputTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            StateFolder = UserStateFolder(),
        };

    /// <summary>Draws tables and colours; plain where the output is no terminal.</summary>
    public IAnsiConsole Drawing() => Ansi(Out, IsOutputTerminal);

    /// <summary>As <see cref="Drawing"/>, beside the answer.</summary>
    public IAnsiConsole ErrorDrawing() => Ansi(Error, IsErrorTerminal);

    public void Dispose()
    {
        Out.Dispose();
        Output.Flush();
        Error.Flush();
    }

    private static IAnsiConsole Ansi(TextWriter writer, bool isTerminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        Out = new AnsiConsoleOutput(writer),
    });

    private static string? UserStateFolder()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (!string.IsNullOrEmpty(state))
            return Path.Combine(state, "ferrisdb");
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "ferrisdb");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".local", "state", "ferrisdb");
    }
}
