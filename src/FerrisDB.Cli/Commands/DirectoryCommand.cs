using System.CommandLine;
using FerrisDB.Layers;

namespace FerrisDB.Cli;

/// <summary>Lists, creates, opens, moves and removes directories.</summary>
internal sealed class DirectoryCommand()
    : Verb("dir", "Lists, creates, opens, moves or removes directories.", DatabaseAccess.Create)
{
    private const string List = "list";
    private const string Create = "create";
    private const string Open = "open";
    private const string Move = "move";
    private const string Remove = "remove";

    private static readonly DirectoryLayer Root = new();

    private readonly Argument<string> _action = new("action") { Description = "list, create, open, move or remove." };

    private readonly Argument<string?> _path = new("path")
    {
        Description = "Names with a '/' before each, such as /app/users. Left out: the root.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _target = new("target")
    {
        Description = "Where a directory is moved to.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _layer = new("--layer")
    {
        Description = "What the content means: recorded when it is created, checked when it is opened.",
    };

    public override IReadOnlyList<string> Examples =>
        ["list", "create /app/users", "open /app/users", "move /app/users /app/people", "remove /app"];

    public override string Notes => """
        A directory gives a path a short prefix for its keys: dir:/app/users("ada", 1) is a key in /app/users, and
        dir:/app/users alone the prefix. open prints it. move costs the same however much is in it; remove clears the
        content, and all directories below. They are FoundationDB's directories, byte for byte.
        """;

    public override IReadOnlyList<string> FirstWords => [Create, List, Move, Open, Remove];

    public override bool TakesPaths => true;

    public override DatabaseAccess AccessFor(ParseResult arguments) =>
        arguments.GetValue(_action) is List or Open ? DatabaseAccess.Read : DatabaseAccess.Create;

    public override bool UsesTransactions(ParseResult arguments) => true;

    public override void Declare(Command command)
    {
        command.Add(_action);
        command.Add(_path);
        command.Add(_target);
        command.Add(_layer);
    }

    public override int Run(VerbContext context)
    {
        var action = context.Value(_action)!;
        var path = DirectoryPath.Parse(context.Value(_path) ?? "/");
        var target = context.Value(_target) is { } text ? DirectoryPath.Parse(text) : null;
        var layer = EscapedText.Parse(context.Value(_layer));
        if (target is null != (action != Move))
            throw new UsageException("dir move PATH TARGET has two paths, every other action one.");
        return action switch
        {
            List => ShowNames(context, path),
            Open => ShowDirectory(context, path, layer),
            Create => context.Write(async transaction => await Root.CreateAsync(transaction, path, layer)),
            Move => context.Write(async transaction => await Root.MoveAsync(transaction, path, target!)),
            Remove => context.Write(transaction => Root.RemoveAsync(transaction, path)),
            _ => throw new UsageException($"There is no dir {action}: list, create, open, move or remove."),
        };
    }

    private static int ShowNames(VerbContext context, IReadOnlyList<string> path)
    {
        var names = context.Session.Read(transaction => Root.ListAsync(transaction, path));
        if (context.IsJson)
        {
            context.WriteJson(
                new DirectoryListJson(DirectoryPath.Format(path), names), CliJson.Relaxed.DirectoryListJson);
            return ExitCode.Ok;
        }
        foreach (var name in names)
            context.Out.WriteLine(name);
        return ExitCode.Ok;
    }

    private static int ShowDirectory(VerbContext context, IReadOnlyList<string> path, byte[] layer)
    {
        var directory = context.Session.Read(transaction => Root.OpenAsync(transaction, path, layer));
        var (prefix, prefixBase64) = directory.IsPartition ? (null, null) : JsonBytes.Of(directory.Prefix.Span);
        var shownLayer = directory.Layer.Length > 0 ? EscapedText.Format(directory.Layer.Span) : null;
        if (context.IsJson)
        {
            context.WriteJson(
                new DirectoryJson(DirectoryPath.Format(path), prefix, prefixBase64, shownLayer),
                CliJson.Relaxed.DirectoryJson);
            return ExitCode.Ok;
        }
        context.Out.WriteLine(directory.IsPartition ? "a partition" : EscapedText.Format(directory.Prefix.Span));
        if (shownLayer is not null)
            context.Out.WriteLine($"layer {shownLayer}");
        return ExitCode.Ok;
    }
}
