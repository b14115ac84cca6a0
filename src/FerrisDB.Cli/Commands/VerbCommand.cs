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
        var database = new Argument<string>("db") { Description = "The folder of the database." };
        var command = Describe(verb, $"ferrisdb {verb.Name} mydb");
        command.Add(database);
        verb.Declare(command);
        command.SetAction(arguments =>
        {
            using var engine = StorageEngine.Open(arguments.GetRequiredValue(database), Options(verb.Access));
            return verb.Run(
                new VerbContext(engine, arguments, console, GlobalOptions.IsJson(arguments), isShell: false));
        });
        return command;
    }

    /// <summary><c>VERB …</c> on a database that is open.</summary>
    public static Command InShell(Verb verb, StorageEngine engine, CliConsole console)
    {
        var command = Describe(verb, verb.Name);
        verb.Declare(command);
        command.SetAction(arguments =>
            verb.Run(new VerbContext(engine, arguments, console, GlobalOptions.IsJson(arguments), isShell: true)));
        return command;
    }

    private static DocumentedCommand Describe(Verb verb, string typed) => new(
        verb.Name, verb.Summary, verb.Notes, [.. verb.Examples.Select(example => $"{typed} {example}".TrimEnd())]);

    private static StorageOptions Options(DatabaseAccess access) => new()
    {
        ReadOnly = access == DatabaseAccess.Read,
        CreateIfMissing = access == DatabaseAccess.Create,
    };
}
