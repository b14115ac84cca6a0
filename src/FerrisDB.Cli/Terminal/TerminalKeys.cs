namespace FerrisDB.Cli;

/// <summary>The keys of this process's terminal.</summary>
internal sealed class TerminalKeys : IKeySource
{
    private const int UsualWidth = 80;

    public int Width => Console.WindowWidth > 0 ? Console.WindowWidth : UsualWidth;

    public ConsoleKeyInfo? Read()
    {
        // Ctrl-C at the prompt drops the line, not the shell.
        Console.TreatControlCAsInput = true;
        try
        {
            return Console.ReadKey(intercept: true);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }
}
