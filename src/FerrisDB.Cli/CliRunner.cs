using System.CommandLine;
using System.CommandLine.Invocation;

namespace FerrisDB.Cli;

/// <summary>
/// Runs one command line and turns what happens into an exit code; the shell runs its lines with it too.
/// </summary>
internal static class CliRunner
{
    // '@file' is no response file and '-abc' no bundle: keys and values may look like that.
    private static readonly ParserConfiguration Parsing =
        new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>Runs <c>ferrisdb</c> with these arguments. Returns an <see cref="ExitCode"/>.</summary>
    public static int Run(IReadOnlyList<string> arguments, CliConsole console)
    {
        var code = Run(CommandTree.Build(console), arguments, console, errorPrefix: "");
        console.Out.Flush();
        return code;
    }

    /// <summary>Runs a command of a tree; errors are told, not thrown.</summary>
    public static int Run(RootCommand root, IReadOnlyList<string> arguments, CliConsole console, string errorPrefix)
    {
        var parsed = root.Parse(arguments, Parsing);
        var answer = new Answer(console, GlobalOptions.IsJson(parsed), errorPrefix);
        console.HasAnsweredInJson = false;
        if (parsed.Action is ParseErrorAction)
            return answer.Misuse(parsed);
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (FerrisException error)
        {
            return answer.Failure(error);
        }
        catch (UsageException error)
        {
            return answer.Misuse(error.Message);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return answer.Misuse(error.Message);
        }
    }
}
