namespace FerrisDB;

/// <summary>A tenant, as it is listed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its number, which no other tenant has had or will have.</param>
public sealed record TenantInfo(ReadOnlyMemory<byte> Name, long Id)
{
    /// <summary>
    /// What its keys begin with for transactions outside of all tenants: the number, 8 bytes, big-endian.
    /// </summary>
    public ReadOnlyMemory<byte> Prefix => TenantKeys.Prefix(Id);
}
