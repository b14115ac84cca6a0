using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Explains the insides of an open database: its tree, a key, its MemTables.</summary>
internal sealed class InspectVerb() : Verb("inspect", "Explains the tree, a key or the MemTables.", DatabaseAccess.Read)
{
    private readonly Argument<string> _what = new("what") { Description = "levels, key or memtable." };

    private readonly Argument<string?> _key = new("key")
    {
        Description = @"The key to explain; \xNN writes a byte.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _all =
        new("--all") { Description = "List all tables of a level, not the first ones." };

    public override IReadOnlyList<string> Examples => ["levels", "key user/42", "memtable"];

    public override void Declare(Command command)
    {
        command.Add(_what);
        command.Add(_key);
        command.Add(_all);
    }

    public override int Run(VerbContext context) =>
        Show(context, context.Value(_what), context.Value(_key), context.Value(_all));

    /// <summary>Explains a part of the database; for a key the text with escapes.</summary>
    public static int Show(VerbContext context, string? what, string? key, bool isComplete) => (what, key) switch
    {
        ("levels", null) => ShowLevels(context, isComplete),
        ("memtable", null) => ShowMemTables(context),
        ("key", not null) => ShowKey(context, KeyWord.Parse(key, context.Session)),
        ("key", null) => throw new UsageException("Which key? inspect … key KEY."),
        (null, _) => throw new UsageException("What of the database? levels, key KEY or memtable."),
        _ => throw new UsageException(
            $"A database has levels, key KEY and memtable to inspect, not '{string.Join(' ', what, key).TrimEnd()}'."),
    };

    private static int ShowLevels(VerbContext context, bool isComplete)
    {
        var tree = TreeJson.Of(context.Engine);
        if (context.IsJson)
            context.WriteJson(tree, CliJson.Relaxed.TreeJson);
        else
            new TreeDrawing(tree, context.Out).Write(isComplete);
        return ExitCode.Ok;
    }

    private static int ShowKey(VerbContext context, byte[] key)
    {
        var history = KeyHistory.Of(context.Engine, key);
        if (context.IsJson)
            context.WriteJson(history, CliJson.Relaxed.KeyHistoryJson);
        else
            KeyDrawing.Write(history, context.Out);
        return history.Found ? ExitCode.Ok : ExitCode.NotFound;
    }

    private static int ShowMemTables(VerbContext context)
    {
        var view = context.Engine.Tree.AcquireView();
        try
        {
            var memTables = new List<MemTable> { view.Active };
            memTables.AddRange(view.Sealed);
            if (context.IsJson)
                context.WriteJson([.. memTables.Select(MemTableJson.Of)], CliJson.Relaxed.IReadOnlyListMemTableJson);
            else
                memTables.ForEach(memTable => MemTableInspector.Write(memTable, context.Out));
            return ExitCode.Ok;
        }
        finally
        {
            view.Release();
        }
    }
}
