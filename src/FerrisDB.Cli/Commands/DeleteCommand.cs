using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Removes a key.</summary>
internal sealed class DeleteCommand() : Verb("del", "Removes a key.", DatabaseAccess.Write)
{
    private readonly Argument<string> _key = new("key") { Description = @"The key; \xNN writes a byte." };
    private readonly Option<Durability?> _durability = DurabilityOption.Create();

    public override IReadOnlyList<string> Examples => ["user/42"];

    public override IReadOnlyList<string> Aliases => ["clear"];

    public override string Notes => "Succeeds whether the key was there or not.";

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        command.Add(_key);
        command.Add(_durability);
    }

    public override int Run(VerbContext context)
    {
        var key = context.Key(_key);
        return context.Write(transaction => transaction.Clear(key), context.Value(_durability));
    }
}
