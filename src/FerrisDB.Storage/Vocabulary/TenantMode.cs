namespace FerrisDB;

/// <summary>Whether a database has tenants, and whether it has anything else; with FoundationDB's numbers.</summary>
public enum TenantMode
{
    /// <summary>No tenant can be created. The default.</summary>
    Disabled = 0,

    /// <summary>There may be tenants, and transactions outside of them.</summary>
    Optional = 1,

    /// <summary>
    /// A transaction outside of all tenants needs <c>RawAccess</c>, or what gives the keys of the system.
    /// </summary>
    Required = 2,
}
