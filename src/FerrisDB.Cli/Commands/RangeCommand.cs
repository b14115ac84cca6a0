using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Prints entries in the order of their keys.</summary>
internal sealed class RangeCommand()
    : Verb("range", "Prints the entries of a range as lines of key, tab, value.", DatabaseAccess.Read)
{
    // A terminal shows about as much; nobody wants a million lines by accident.
    private const long LimitOnTerminal = 25;

    private readonly KeyBounds _bounds = new();

    private readonly Option<long?> _limit = Choice.Number(
        "--limit", "Print at most so many entries; 0 is all. Default: all, and 25 on a terminal.", min: 0);

    private readonly Option<bool> _reverse = new("--reverse") { Description = "Begin with the last key." };
    private readonly Option<bool> _keysOnly = new("--keys-only") { Description = "Print keys without their values." };
    private readonly Option<bool> _tuples = new("--tuples") { Description = "Print keys that are tuples as tuples." };

    public override IReadOnlyList<string> Examples =>
    [
        "", "user/ user0 --limit 10", "--prefix user/ --reverse", @"\x00 \xff --keys-only",
        """--prefix '("users")' --tuples""",
    ];

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        _bounds.AddTo(command);
        command.Add(_limit);
        command.Add(_reverse);
        command.Add(_keysOnly);
        command.Add(_tuples);
    }

    public override int Run(VerbContext context)
    {
        var limit = context.Value(_limit)
            ?? (context.Console.IsOutputTerminal && !context.IsJson ? LimitOnTerminal : 0);
        var keysOnly = context.Value(_keysOnly);
        using var entries = _bounds.Read(context, keysOnly, context.Value(_reverse), limit);
        new EntryPrinter(context) { KeysOnly = keysOnly, ShowsTuples = context.Value(_tuples) }
            .Print(entries, isLimitAsked: context.Value(_limit) is not null);
        return ExitCode.Ok;
    }
}
