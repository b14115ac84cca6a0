using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Explains a database, or one of its files, to a person.</summary>
internal sealed class InspectCommand
{
    private const string Notes = """
        Of a database: levels draws the tree and lists its tables. key KEY tells every place and version where the key
        still lives, and what a read of it touches. memtable shows the MemTables as they are after opening, filled from
        the log.

        Of a file: its layout, its records or blocks, and with --hex every byte and what it means. What the file is, its
        content says; its name and place do not matter, and a damaged one is explained as far as it goes.
        """;

    private readonly Argument<string> _target = new("db|file")
    {
        Description = "The folder of the database, or a log segment, table, blob or manifest.",
    };

    private readonly Argument<string?> _what = new("what")
    {
        Description = "Of a database: levels, key or memtable.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _key = new("key")
    {
        Description = @"The key to explain; \xNN writes a byte.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _hex = new("--hex") { Description = "Of a file: show every byte and what it means." };

    private readonly Option<bool> _all = new("--all")
    {
        Description = "List all tables of each level, all entries of each block, all records of a blob.",
    };

    private InspectCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        var inspect = new InspectCommand();
        var command = new DocumentedCommand("inspect", "Explains a database or one of its files.", Notes,
        [
            "ferrisdb inspect mydb levels",
            "ferrisdb inspect mydb key user/42",
            "ferrisdb inspect mydb memtable",
            "ferrisdb inspect mydb/000012.sst --all",
            "ferrisdb inspect mydb/000007.wal --hex",
        ])
        {
            inspect._target, inspect._what, inspect._key, inspect._hex, inspect._all,
        };
        command.SetAction(arguments => inspect.Run(arguments, console));
        return command;
    }

    private int Run(ParseResult arguments, CliConsole console)
    {
        var target = arguments.GetRequiredValue(_target);
        if (new FileInfo(target).Exists)
            return ShowFile(target, arguments, console);
        if (arguments.GetValue(_hex))
            throw new UsageException("--hex is for a file, not for a database.");
        using var session = DatabaseSession.Open(target, DatabaseAccess.Read, console);
        var context = new VerbContext(session, arguments, console, GlobalOptions.IsJson(arguments), isShell: false);
        return InspectVerb.Show(context, context.Value(_what), context.Value(_key), context.Value(_all));
    }

    private int ShowFile(string path, ParseResult arguments, CliConsole console)
    {
        if (arguments.GetValue(_what) is { } what)
            throw new UsageException($"'{what}' is for a database; {path} is a file.");
        using var file = new FileInspection(path);
        if (!GlobalOptions.IsJson(arguments))
        {
            var isWhole = file.Write(console.Out, arguments.GetValue(_hex), arguments.GetValue(_all));
            return isWhole ? ExitCode.Ok : ExitCode.Database;
        }
        using var text = new StringWriter { NewLine = "\n" };
        var isGood = file.Write(text, arguments.GetValue(_hex), arguments.GetValue(_all));
        var lines = text.ToString().TrimEnd('\n').Split('\n');
        VerbContext.WriteJson(
            console, new FileJson(path, file.Kind.ToString(), file.Length, isGood, lines), CliJson.Relaxed.FileJson);
        return isGood ? ExitCode.Ok : ExitCode.Database;
    }
}
