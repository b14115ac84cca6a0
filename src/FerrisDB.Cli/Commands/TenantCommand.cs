using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Creates, deletes, renames, lists and uses tenants.</summary>
internal sealed class TenantCommand()
    : Verb("tenant", "Creates, deletes, renames, lists or uses tenants.", DatabaseAccess.Write)
{
    private readonly Argument<string> _action = new("action")
    {
        Description = "create, delete, rename, get, list, use or default.",
    };

    private readonly Argument<string[]> _names = new("names")
    {
        Description = "The tenant; of rename also the new name; of list the first name, and the first one too many.",
        Arity = new ArgumentArity(0, 2),
    };

    public override IReadOnlyList<string> Examples =>
        ["create acme", "list", "get acme", "use acme", "default", "rename acme ajax", "delete ajax"];

    public override string Notes => """
        A tenant is a part of the database with keys of its own. In the shell, use makes all that follows happen in it,
        until default. What looks at the database as a whole goes on doing that. `configure tenant_mode=optional`
        allows tenants. list shows 100 at most.
        """;

    public override IReadOnlyList<string> FirstWords => TenantAction.All;

    public override void Declare(Command command)
    {
        command.Add(_action);
        command.Add(_names);
    }

    public override int Run(VerbContext context) =>
        TenantAction.Run(context, context.Value(_action)!, context.Value(_names) ?? []);
}
