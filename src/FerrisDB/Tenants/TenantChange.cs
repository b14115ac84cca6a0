namespace FerrisDB;

/// <summary>What a special key says about tenants.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Name">With which tenant, or from which on.</param>
/// <param name="Other">The new name, or the first one that is not meant any more; nothing for all.</param>
internal readonly record struct TenantChange(TenantChangeKind Kind, byte[] Name, byte[] Other);
