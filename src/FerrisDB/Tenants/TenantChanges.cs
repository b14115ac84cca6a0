namespace FerrisDB;

// By special keys, with SpecialKeySpaceEnableWrites:
//
//     set   \xff\xff/management/tenant/map/NAME              create NAME, unless it is there
//     clear \xff\xff/management/tenant/map/NAME, or a range  delete NAME, if it is there; or all of them
//     set   \xff\xff/management/tenant/rename/NAME  NEW      give NAME the name NEW
//
// They are kept until the commit, which turns them into reads and writes of the transaction: so they happen together
// with whatever else it writes, and conflict like it.

/// <summary>What a transaction is going to do to tenants, in the order of the calls.</summary>
internal sealed class TenantChanges
{
    private readonly List<TenantChange> _changes = [];

    /// <summary>Notes a tenant to create.</summary>
    public static FerrisException? Create(
        TransactionContext context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Note(context, new TenantChange(TenantChangeKind.Create, name.ToArray(), []));

    /// <summary>Notes tenants to delete.</summary>
    public static FerrisException? Delete(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        Note(context, new TenantChange(TenantChangeKind.Delete, begin.ToArray(), end.ToArray()));

    /// <summary>Notes a tenant to rename.</summary>
    public static FerrisException? Rename(
        TransactionContext context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName) =>
        Note(context, new TenantChange(TenantChangeKind.Rename, name.ToArray(), newName.ToArray()));

    /// <summary>Forgets what was noted to be renamed.</summary>
    public static FerrisException? ForgetRename(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        var (first, behind) = (begin.ToArray(), end.ToArray());
        context.SpecialChanges?.Tenants?._changes.RemoveAll(change => change.Kind == TenantChangeKind.Rename
            && change.Name.AsSpan().SequenceCompareTo(first) >= 0
            && (behind.Length == 0 || change.Name.AsSpan().SequenceCompareTo(behind) < 0));
        return null;
    }

    /// <summary>Does it all within the transaction, which may touch the keys of the system.</summary>
    public async ValueTask ApplyAsync(Transaction transaction)
    {
        foreach (var change in _changes)
        {
            switch (change.Kind)
            {
                case TenantChangeKind.Create:
                    await TenantEdits.CreateAsync(transaction, change.Name);
                    break;
                case TenantChangeKind.Delete:
                    await TenantEdits.DeleteAsync(transaction, change.Name, change.Other);
                    break;
                default:
                    await TenantEdits.RenameAsync(transaction, change.Name, change.Other);
                    break;
            }
        }
    }

    // What one change has written the next one must see.
    private static FerrisException? Note(TransactionContext context, TenantChange change)
    {
        var changes = SpecialChanges.Of(context).Tenants ??= new TenantChanges();
        if (changes._changes.Count > 0 && context.Settings.IsReadYourWritesDisabled)
            return ErrorDocument.Refuse(
                context, "tenant",
                "A transaction that does not read its own writes can do one thing to tenants, not several.");
        changes._changes.Add(change);
        return null;
    }
}
