using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Explains a database, or one of its files, to a person.</summary>
internal static class InspectCommand
{
    private const string Notes = """
        levels draws the tree and lists its tables. key KEY tells every place and version where the key still lives, and what a
        read of it touches. memtable shows the MemTables as they are after opening, filled from the log.
        """;

    public static Command Create(CliConsole console)
    {
        var target = new Argument<string>("db") { Description = "The folder of the database." };
        var what = new Argument<string?>("what") { Description = "levels, key or memtable.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Argument<string?>("key")
        {
            Description = @"The key to explain; \xNN writes a byte.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "List all tables of a level, not the first ones." };
        var command = new DocumentedCommand("inspect", "Explains the tree, a key or the MemTables.", Notes,
        [
            "ferrisdb inspect mydb levels",
            "ferrisdb inspect mydb key user/42",
            "ferrisdb inspect mydb memtable",
        ])
        {
            target, what, key, all,
        };
        command.SetAction(arguments =>
        {
            using var engine = StorageEngine.Open(arguments.GetRequiredValue(target), new StorageOptions { ReadOnly = true });
            var context = new VerbContext(engine, arguments, console, GlobalOptions.IsJson(arguments), isShell: false);
            return InspectVerb.Show(context, context.Value(what), context.Value(key), context.Value(all));
        });
        return command;
    }
}
