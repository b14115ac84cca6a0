namespace FerrisDB.Native;

/// <summary>What an <c>FDBTenant*</c> stands for.</summary>
/// <param name="database">Its database, which it holds.</param>
/// <param name="tenant">The tenant; null if the database could not be opened.</param>
internal sealed class TenantHandle(DatabaseHandle database, Tenant? tenant)
{
    public DatabaseHandle Database => database;

    public Tenant? Tenant => tenant;

    /// <summary>Begins a transaction, which holds the database.</summary>
    public TransactionHandle CreateTransaction()
    {
        database.Hold();
        return new TransactionHandle(database, tenant?.CreateTransaction());
    }

    /// <summary>Lets it go; its transactions go on, and hold the database.</summary>
    public void Destroy() => database.Release();
}
