using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>Configures a database: whether it has tenants.</summary>
internal sealed class ConfigureCommand()
    : Verb("configure", "Decides whether the database has tenants.", DatabaseAccess.Create)
{
    private const string TenantMode = "tenant_mode=";
    private const string Experimental = "_experimental";

    private readonly Argument<string> _setting = new("setting")
    {
        Description = "tenant_mode=disabled, tenant_mode=optional or tenant_mode=required.",
    };

    public override IReadOnlyList<string> Examples => ["tenant_mode=optional"];

    public override string Notes => """
        As in fdbcli, whose names with _experimental are understood too. Where tenants are required, a transaction
        outside of them needs the option raw_access.
        """;

    public override IReadOnlyList<string> FirstWords =>
        [TenantMode + "disabled", TenantMode + "optional", TenantMode + "required"];

    public override void Declare(Command command) => command.Add(_setting);

    public override int Run(VerbContext context)
    {
        context.Session.CheckMayWrite();
        var setting = context.Value(_setting)!;
        var name = setting.StartsWith(TenantMode, StringComparison.Ordinal) ? setting[TenantMode.Length..] : "";
        if (name.EndsWith(Experimental, StringComparison.Ordinal))
            name = name[..^Experimental.Length];
        context.Session.CheckIsUnlocked();
        Blocking.Wait(context.Session.Database.SetTenantModeAsync(name switch
        {
            "disabled" => FerrisDB.TenantMode.Disabled,
            "optional" => FerrisDB.TenantMode.Optional,
            "required" => FerrisDB.TenantMode.Required,
            _ => throw new UsageException($"Here {string.Join(", ", FirstWords)} can be configured, not '{setting}'."),
        }));
        return context.Note("configured");
    }
}
