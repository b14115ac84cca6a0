using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>A verb of <c>fdbcli</c> before it had the verb <c>tenant</c>.</summary>
internal sealed class OldTenantCommand(string name, string action) : Verb(
    name, $"As tenant {action}, in fdbcli's way.", DatabaseAccess.Write)
{
    private readonly Argument<string[]> _names = new("names")
    {
        Description = $"As behind tenant {action}.",
        Arity = new ArgumentArity(0, 2),
    };

    public override bool IsOldSpelling => true;

    public override IReadOnlyList<string> Examples => action switch
    {
        TenantAction.List or TenantAction.Default => [""],
        TenantAction.Rename => ["acme ajax"],
        _ => ["acme"],
    };

    public override void Declare(Command command) => command.Add(_names);

    public override int Run(VerbContext context) => TenantAction.Run(context, action, context.Value(_names) ?? []);
}
