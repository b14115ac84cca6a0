using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

namespace FerrisDB.Cli;

/// <summary>
/// Tells a person what went wrong on standard error, and a machine as the one document on standard output.
/// </summary>
internal sealed class Answer(CliConsole console, bool isJson, string prefix)
{
    /// <summary>The database refused or failed.</summary>
    public int Failure(FerrisException error)
    {
        var ranges = error.ConflictingRanges.Select(Describe).ToList();
        Tell(error.Code.ToString(), (int)error.Code, error.Message, ranges.Count > 0 ? ranges : null);
        foreach (var range in ranges)
            console.Error.WriteLine($"  read here, and written by somebody else meanwhile: {range}");
        if (error.Code == ErrorCode.NotCommitted)
            console.Error.WriteLine("Nothing of it was written: begin again, with what is there now.");
        return ExitCode.Database;
    }

    /// <summary>The user asked for something that cannot be.</summary>
    public int Misuse(string message)
    {
        Tell("Usage", null, message, null);
        return ExitCode.Usage;
    }

    /// <summary>The command line cannot be understood.</summary>
    public int Misuse(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand)
        {
            return parsed.UnmatchedTokens is [var word, ..]
                ? Misuse(NoSuchCommand(command, word))
                : Misuse("What is to be done? See --help.");
        }
        if (command.Subcommands.Count > 0)
        {
            return parsed.UnmatchedTokens is [var word, ..]
                ? Misuse(NoSuchCommand(command, word))
                : Misuse($"What is to be done? There are {AllOf(command)}. {SeeHelp(parsed)}");
        }
        return Misuse($"{string.Join(" ", parsed.Errors.Select(error => error.Message))} {SeeHelp(parsed)}");
    }

    /// <summary>A word that looks like an option stands where a key or value could.</summary>
    public int NoSuchOption(ParseResult parsed, string word)
    {
        var near = parsed.CommandResult.Command.Options.Select(option => option.Name)
            .Where(name => Spelling.IsNear(name, word)).ToList();
        return Misuse(near.Count > 0
            ? $"There is no option '{word}'. Did you mean {string.Join(" or ", near)}?"
            : $"There is no option '{word}'. What begins with a dash and is none goes behind --. {SeeHelp(parsed)}");
    }

    // With the commands that it is one of: `backup list --help`.
    private static string SeeHelp(ParseResult parsed)
    {
        var path = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: not RootCommand } command)
                path.Insert(0, command.Command.Name);
        }
        return $"See `{string.Join(' ', path)} --help`.";
    }

    private static string AllOf(Command command) =>
        string.Join(", ", command.Subcommands.Select(each => each.Name));

    private static string NoSuchCommand(Command parent, string word)
    {
        var near = parent.Subcommands.Select(command => command.Name)
            .Where(name => Spelling.IsNear(name, word)).ToList();
        var hint = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : "See --help.";
        return $"There is no command '{word}'. {hint}";
    }

    private static string Describe(KeyRange range)
    {
        var isOneKey = range.End.AsSpan().StartsWith(range.Begin) && range.End.AsSpan(range.Begin.Length) is [0];
        var begin = EscapedText.Format(range.Begin);
        return isOneKey ? begin : $"{begin} to {EscapedText.Format(range.End)}";
    }

    private void Tell(string name, int? code, string message, List<string>? conflicts)
    {
        console.Out.Flush();
        console.Error.WriteLine(
            code is null ? $"{prefix}error: {message}" : $"{prefix}error: {message} [{name} {code}]");
        if (isJson && !console.HasAnsweredInJson)
        {
            var document = new ErrorJson(new ErrorJson.Details(name, code, message, conflicts));
            console.Out.WriteLine(JsonSerializer.Serialize(document, CliJson.Relaxed.ErrorJson));
        }
        console.Out.Flush();
    }
}
