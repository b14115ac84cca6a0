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
    public static int Run(string[] arguments, CliConsole console)
    {
        // As in the shell.
        if (arguments is ["help", .. var words])
            arguments = [.. words, "--help"];
        var code = Run(CommandTree.Build(console), arguments, console, errorPrefix: "");
        console.Out.Flush();
        return code;
    }

    // Help does not mind what it does not know, and would tell of everything instead.
    private static bool IsHelpForNothing(ParseResult parsed) =>
        parsed is { Action: HelpWithExamples, UnmatchedTokens.Count: > 0 }
        && parsed.CommandResult.Command.Subcommands.Count > 0;

    /// <summary>Runs a command of a tree; errors are told, not thrown.</summary>
    public static int Run(RootCommand root, IReadOnlyList<string> arguments, CliConsole console, string errorPrefix)
    {
        var parsed = root.Parse(arguments, Parsing);
        var answer = new Answer(console, GlobalOptions.IsJson(parsed), errorPrefix);
        console.HasAnsweredInJson = false;
        if (parsed.Action is ParseErrorAction || IsHelpForNothing(parsed))
            return answer.Misuse(parsed);
        if (MistakenOption.Find(parsed) is { } option)
            return answer.NoSuchOption(parsed, option);
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
        catch (ArgumentException error) when (error.ParamName == "path")
        {
            // The runtime's word on what can be no path anywhere: an empty one, of a variable that is not set.
            return answer.Misuse($"A path cannot be so: {UsageException.Of(error).Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return answer.Misuse(error.Message);
        }
    }
}
