using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Opens a database and runs verbs on it, line by line.</summary>
internal static class ShellCommand
{
    private const string Notes = """
        Opens the database for writing, creating it if needed, and keeps it until the end. On a terminal there is a
        prompt with history, completion by Tab, search by Ctrl-R and `help`. Otherwise standard input is a script: one
        line after another, and `ok` is printed after each write, when it is acknowledged. The first error ends a
        script, with its line number.

        A line holds commands separated by ';'. A word that begins with ' or " ends with the same quote; a quote in it
        is written twice. In other words quotes mean nothing: {"a":1} is a word. A word that begins with # begins a
        comment. A tuple such as ("users", 42) is a key, with its blanks and quotes.

        Between begin and commit the verbs work in a transaction, and the prompt has a star. One that is open at the end
        is rolled back.
        """;

    public static Command Create(CliConsole console)
    {
        var database = DatabaseName.Argument();
        var exec = new Option<string?>("--exec") { Description = "Run these commands and end.", HelpName = "COMMANDS" };
        var keepGoing = new Option<bool>("--keep-going") { Description = "Do not end a script at an error." };
        var durability = DurabilityOption.Create();
        var command = new DocumentedCommand("shell", "Opens a database and runs commands on it, line by line.", Notes,
        [
            "ferrisdb shell mydb",
            "ferrisdb shell mydb --exec 'set user/1 Ann; get user/1; range user/ user0'",
            "ferrisdb shell mydb --exec 'begin; set user/1 Ann; atomic add users 1; commit'",
            "ferrisdb shell mydb < script.txt",
        ])
        {
            database, exec, keepGoing, durability,
        };
        command.SetAction(arguments =>
        {
            using var open = DatabaseSession.Open(
                arguments.GetRequiredValue(database), DatabaseAccess.Create, console,
                arguments.GetValue(durability) ?? Durability.Sync);
            var session = new ShellSession(open, console)
            {
                IsJson = GlobalOptions.IsJson(arguments),
                KeepsGoing = arguments.GetValue(keepGoing),
            };
            if (arguments.GetValue(exec) is { } commands)
                return session.RunCommands(commands);
            return console.IsInputTerminal ? session.RunPrompt() : session.RunScript();
        });
        return command;
    }
}
