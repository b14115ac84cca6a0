namespace FerrisDB.Cli;

/// <summary>The tenants of a database.</summary>
internal sealed record TenantListJson(IReadOnlyList<TenantJson> Tenants);
