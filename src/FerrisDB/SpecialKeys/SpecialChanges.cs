namespace FerrisDB;

/// <summary>
/// What a transaction has said by special keys and the commit is going to do, together with whatever else it writes.
/// </summary>
internal sealed class SpecialChanges
{
    /// <summary>What becomes of the lock of the database; null if nothing was said.</summary>
    public LockChange? Lock { get; set; }

    /// <summary>What becomes of tenants.</summary>
    public TenantChanges? Tenants { get; set; }

    /// <summary>Names below <c>management/options/</c> that were set.</summary>
    public SortedSet<string> Options { get; } = new(StringComparer.Ordinal);

    /// <summary>Those of a transaction, to be added to.</summary>
    public static SpecialChanges Of(TransactionContext context) => context.SpecialChanges ??= new SpecialChanges();

    /// <summary>Turns all of it into reads and writes of the transaction, in the order of the keys.</summary>
    public async ValueTask ApplyAsync(TransactionContext context, Transaction transaction)
    {
        if (Lock is { } change)
            await LockRows.ApplyAsync(context, transaction, change);
        if (Tenants is { } tenants)
            await tenants.ApplyAsync(transaction);
    }
}
