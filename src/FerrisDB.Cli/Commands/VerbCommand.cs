using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>
/// Makes commands of verbs: with the database as the first argument, or for the shell that has one open.
/// </summary>
internal static class VerbCommand
{
    /// <summary><c>ferrisdb VERB DB …</c>: opens the database, runs the verb, closes the database.</summary>
    public static Command OneShot(Verb verb, CliConsole console)
    {
        var database = DatabaseName.Argument();
        var command = Describe(verb, $"ferrisdb {verb.Name} mydb");
        command.Add(database);
        verb.Declare(command);
        command.SetAction(arguments =>
        {
            using var session = Open(verb, arguments.GetRequiredValue(database), arguments, console);
            return verb.Run(
                new VerbContext(session, arguments, console, GlobalOptions.IsJson(arguments), isShell: false));
        });
        return command;
    }

    /// <summary><c>VERB …</c> on a database that is open.</summary>
    public static Command InShell(Verb verb, DatabaseSession session, CliConsole console)
    {
        var command = Describe(verb, verb.Name);
        command.Hidden = verb.IsOldSpelling;
        verb.Declare(command);
        command.SetAction(arguments =>
            verb.Run(new VerbContext(session, arguments, console, GlobalOptions.IsJson(arguments), isShell: true)));
        return command;
    }

    private static DatabaseSession Open(Verb verb, string folder, ParseResult arguments, CliConsole console)
    {
        var access = verb.AccessFor(arguments);
        return verb.UsesTransactions(arguments) || DatabaseName.ClusterOf(folder) is not null
            || arguments.Tokens.Any(token => KeyWord.IsInDirectory(token.Value))
            ? DatabaseSession.Open(folder, access, console)
            : DatabaseSession.OpenEngine(folder, access, console);
    }

    private static DocumentedCommand Describe(Verb verb, string typed)
    {
        var command = new DocumentedCommand(
            verb.Name, verb.Summary, verb.Notes, [.. verb.Examples.Select(example => $"{typed} {example}".TrimEnd())]);
        foreach (var alias in verb.Aliases)
            command.Aliases.Add(alias);
        return command;
    }
}
