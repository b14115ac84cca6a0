namespace FerrisDB;

/// <summary>What is to be done with tenants.</summary>
internal enum TenantChangeKind
{
    Create,
    Delete,
    Rename,
}
