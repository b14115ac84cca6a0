using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>range as <c>fdbcli</c> has it: <c>getrange BEGIN [END] [LIMIT]</c>.</summary>
internal sealed class GetRangeCommand(string name, string summary, bool keysOnly)
    : Verb(name, summary, DatabaseAccess.Read)
{
    private const long DefaultLimit = 25;

    private readonly Argument<string> _begin = new("begin") { Description = @"The first key; \xNN writes a byte." };

    private readonly Argument<string?> _end = new("end")
    {
        Description = "The first key not to be taken any more. Left out: all keys that begin with BEGIN.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<long?> _limit = new("limit")
    {
        Description = $"So many at most. Default: {DefaultLimit}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public override IReadOnlyList<string> Examples => ["user/", "user/ user0", "user/ user0 100"];

    public override string Notes => "As in fdbcli. `range` has more options.";

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        command.Add(_begin);
        command.Add(_end);
        command.Add(_limit);
    }

    public override int Run(VerbContext context)
    {
        var begin = context.Key(_begin);
        var end = context.KeyOrNull(_end) ?? KeyBounds.EndOfPrefix(begin);
        var limit = Math.Max(1, context.Value(_limit) ?? DefaultLimit);
        using var entries = KeyBounds.Read(context, begin, end, keysOnly, isReverse: false, limit);
        new EntryPrinter(context) { KeysOnly = keysOnly, ShowsTuples = false }.Print(entries, isLimitAsked: true);
        return ExitCode.Ok;
    }
}
