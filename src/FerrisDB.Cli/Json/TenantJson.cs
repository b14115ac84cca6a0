namespace FerrisDB.Cli;

/// <summary>A tenant.</summary>
internal sealed record TenantJson(string Name, string? NameBase64, long Id, string PrefixBase64)
{
    public static TenantJson Of(TenantInfo tenant)
    {
        var (name, base64) = JsonBytes.Of(tenant.Name.Span);
        return new TenantJson(name, base64, tenant.Id, Convert.ToBase64String(tenant.Prefix.Span));
    }
}
