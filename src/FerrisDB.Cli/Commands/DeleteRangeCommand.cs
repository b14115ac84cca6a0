using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Removes all keys of a range.</summary>
internal sealed class DeleteRangeCommand()
    : Verb("del-range", "Removes all keys from BEGIN (inclusive) to END (exclusive).", DatabaseAccess.Write)
{
    private readonly Argument<string> _begin = new("begin") { Description = "The first key to remove." };
    private readonly Argument<string> _end = new("end") { Description = "The first key to keep." };
    private readonly Option<Durability?> _durability = DurabilityOption.Create();

    public override IReadOnlyList<string> Examples => ["user/ user0", "2023-01-01 2024-01-01"];

    public override IReadOnlyList<string> Aliases => ["clearrange"];

    public override string Notes => "Costs the same for ten keys as for ten million.";

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        command.Add(_begin);
        command.Add(_end);
        command.Add(_durability);
    }

    public override int Run(VerbContext context)
    {
        var begin = context.Key(_begin);
        var end = context.Key(_end);
        return context.Write(transaction => transaction.ClearRange(begin, end), context.Value(_durability));
    }
}
