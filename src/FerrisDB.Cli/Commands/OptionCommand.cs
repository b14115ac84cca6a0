using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Sets an option of the open transaction, or of all to come.</summary>
internal sealed class OptionCommand() : Verb(
    "option", "Sets an option of the open transaction; without one, of all to come.", DatabaseAccess.Write)
{
    private readonly Argument<string[]> _words = new("name value")
    {
        Description = "An option by FoundationDB's name, and its value if it takes one. Left out: tells what is set.",
        Arity = new ArgumentArity(0, 3),
    };

    public override IReadOnlyList<string> Examples =>
        ["", "timeout 1000", "read_your_writes_disable", "debug_transaction_identifier nightly", "off timeout"];

    public override string Notes => """
        As in fdbcli, `option on NAME [VALUE]` sets it too, and `option off NAME` ends one that was set for all
        transactions. Tab shows the names.
        """;

    public override IReadOnlyList<string> FirstWords => [.. SnakeCase<TransactionOption>.Names, "off", "on"];

    public override void Declare(Command command) => command.Add(_words);

    public override int Run(VerbContext context)
    {
        switch (context.Value(_words))
        {
            case null or []:
                return Tell(context);
            case ["off", var name]:
                return Unset(context, name);
            case ["on", .. var rest] when rest.Length > 0:
                return Set(context, rest);
            case { Length: <= 2 } words:
                return Set(context, words);
            default:
                throw new UsageException("An option has one value: option NAME [VALUE].");
        }
    }

    private static int Set(VerbContext context, string[] words)
    {
        context.Session.Set(OptionSetting.Parse(words[0], words.ElementAtOrDefault(1)));
        return Done(context);
    }

    private static int Unset(VerbContext context, string name)
    {
        if (context.Session.Transaction is not null)
            throw new UsageException("An option of an open transaction cannot be taken back: reset begins it anew.");
        if (!context.Session.Unset(SnakeCase<TransactionOption>.Parse(name, "option")))
            throw new UsageException($"The option {name} is not set.");
        return Done(context);
    }

    private static int Done(VerbContext context) => context.IsJson ? Tell(context) : context.Note("set");

    private static int Tell(VerbContext context)
    {
        var all = context.Session.TransactionOptions.Select(option => option.Text).ToList();
        var own = context.Session.OwnOptions.Select(option => option.Text).ToList();
        if (context.IsJson)
        {
            context.WriteJson(new OptionsJson(all, own), CliJson.Relaxed.OptionsJson);
            return ExitCode.Ok;
        }
        foreach (var option in all)
            context.Out.WriteLine($"{option}  (every transaction)");
        foreach (var option in own)
            context.Out.WriteLine($"{option}  (this transaction)");
        if (all.Count + own.Count == 0)
            context.Out.WriteLine("(no options set)");
        return ExitCode.Ok;
    }
}
