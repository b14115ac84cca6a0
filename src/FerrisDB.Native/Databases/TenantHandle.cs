namespace FerrisDB.Native;

/// <summary>What an <c>FDBTenant*</c> stands for: nothing, but it can be told from other handles.</summary>
internal sealed class TenantHandle;
