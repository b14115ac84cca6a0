namespace FerrisDB.Cli;

/// <summary>What is done with tenants, whatever it is called.</summary>
internal static class TenantAction
{
    public const string Create = "create";
    public const string Delete = "delete";
    public const string Rename = "rename";
    public const string Get = "get";
    public const string List = "list";
    public const string Use = "use";
    public const string Default = "default";

    private const int ListedMax = 100;

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<string> All { get; } = [Create, Default, Delete, Get, List, Rename, Use];

    /// <summary>Does one.</summary>
    /// <param name="context">Where.</param>
    /// <param name="action">What.</param>
    /// <param name="words">Names, in bytes with escapes.</param>
    public static int Run(VerbContext context, string action, string[] words)
    {
        var names = Array.ConvertAll(words, static word => EscapedText.Parse(word));
        var database = context.Session.Database;
        if (action != Default)
            context.Session.CheckIsUnlocked();
        switch (action, names)
        {
            case (Create, [var name]):
                context.Session.CheckMayWrite();
                return Show(context, Blocking.Wait(database.CreateTenantAsync(name)));
            case (Delete, [var name]):
                context.Session.CheckMayWrite();
                Blocking.Wait(database.DeleteTenantAsync(name));
                return context.Note("deleted");
            case (Rename, [var name, var newName]):
                context.Session.CheckMayWrite();
                Blocking.Wait(database.RenameTenantAsync(name, newName));
                return context.Note("renamed");
            case (Get, [var name]):
                var id = Blocking.Wait(database.OpenTenant(name).GetIdAsync());
                return Show(context, new TenantInfo(name, id));
            case (List, { Length: <= 2 }):
                return ShowAll(context, Blocking.Wait(database.ListTenantsAsync(
                    names.ElementAtOrDefault(0), names.ElementAtOrDefault(1), ListedMax)));
            case (Use, [var name]):
                return UseIn(context, database.OpenTenant(name));
            case (Default, []):
                context.Session.Tenant = null;
                return context.Note("no tenant");
            default:
                throw new UsageException(
                    "create NAME, delete NAME, rename NAME NEWNAME, get NAME, list [BEGIN [END]], use NAME, default.");
        }
    }

    private static int UseIn(VerbContext context, Tenant tenant)
    {
        if (!context.IsShell)
            throw new UsageException("A tenant is used in the shell.");
        // A slip of the pen is told now, and not by the next command.
        Blocking.Wait(tenant.GetIdAsync());
        context.Session.Tenant = tenant;
        return context.Note($"tenant {EscapedText.Format(tenant.Name.Span)}");
    }

    private static int Show(VerbContext context, TenantInfo tenant)
    {
        if (context.IsJson)
            context.WriteJson(TenantJson.Of(tenant), CliJson.Relaxed.TenantJson);
        else
            context.Out.WriteLine(TextOf(tenant));
        return ExitCode.Ok;
    }

    private static int ShowAll(VerbContext context, IReadOnlyList<TenantInfo> tenants)
    {
        if (context.IsJson)
        {
            context.WriteJson(
                new TenantListJson([.. tenants.Select(TenantJson.Of)]), CliJson.Relaxed.TenantListJson);
            return ExitCode.Ok;
        }
        foreach (var tenant in tenants)
            context.Out.WriteLine(TextOf(tenant));
        return ExitCode.Ok;
    }

    private static string TextOf(TenantInfo tenant) =>
        $"{EscapedText.Format(tenant.Name.Span)}\tid {tenant.Id}\tprefix {EscapedText.Format(tenant.Prefix.Span)}";
}
