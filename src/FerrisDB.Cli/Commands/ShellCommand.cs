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
        comment.
        """;

    public static Command Create(CliConsole console)
    {
        var database = new Argument<string>("db") { Description = "The folder of the database." };
        var exec = new Option<string?>("--exec") { Description = "Run these commands and end.", HelpName = "COMMANDS" };
        var keepGoing = new Option<bool>("--keep-going") { Description = "Do not end a script at an error." };
        var durability = DurabilityOption.Create();
        var command = new DocumentedCommand("shell", "Opens a database and runs commands on it, line by line.", Notes,
        [
            "ferrisdb shell mydb",
            "ferrisdb shell mydb --exec 'set user/1 Ann; get user/1; range user/ user0'",
            "ferrisdb shell mydb < script.txt",
        ])
        {
            database, exec, keepGoing, durability,
        };
        command.SetAction(arguments =>
        {
            var options = new StorageOptions { Durability = arguments.GetValue(durability) ?? Durability.Sync };
            using var engine = StorageEngine.Open(arguments.GetRequiredValue(database), options);
            var session = new ShellSession(engine, console)
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
