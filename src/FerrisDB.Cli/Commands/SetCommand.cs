using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Gives a key a value.</summary>
internal sealed class SetCommand() : Verb("set", "Gives a key a value.", DatabaseAccess.Create)
{
    private readonly Argument<string> _key = new("key") { Description = @"The key; \xNN writes a byte." };
    private readonly Argument<string> _value = new("value") { Description = @"The value; \xNN writes a byte." };
    private readonly Option<Durability?> _durability = DurabilityOption.Create();

    public override IReadOnlyList<string> Examples =>
        ["user/42 Ann", """user/42 '{"name":"Ann"}'""", @"\x00\xff binary", """'("users", 42)' Ann"""];

    public override string Notes => """
        The key is text, where \xNN writes a byte, or a tuple such as ("users", 42). In the shell, within a transaction,
        nothing is written before the commit.
        """;

    public override bool TakesKeys => true;

    public override void Declare(Command command)
    {
        command.Add(_key);
        command.Add(_value);
        command.Add(_durability);
    }

    public override int Run(VerbContext context)
    {
        var key = context.Key(_key);
        var value = context.Bytes(_value);
        return context.Write(transaction => transaction.Set(key, value), context.Value(_durability));
    }
}
