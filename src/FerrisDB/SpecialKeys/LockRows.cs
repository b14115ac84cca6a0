using System.Text;

namespace FerrisDB;

// The lock of a database as a special key, FoundationDB's way:
//
//     read  \xff\xff/management/db_locked        the id of who has it; absent if nobody has
//     set   \xff\xff/management/db_locked  ID    lock it, at the commit
//     clear \xff\xff/management/db_locked        unlock it, at the commit, whoever has it
//
// Whoever does any of it is lock-aware from then on.

/// <summary>The lock of the database as a special key.</summary>
internal static class LockRows
{
    public static FerrisException? Set(
        TransactionContext context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Note(context, new LockChange(value.ToArray()));

    public static FerrisException? Clear(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        Note(context, new LockChange(null));

    /// <summary>The lock as the transaction is going to have it, or else as it was at the version.</summary>
    public static async ValueTask<IReadOnlyList<SpecialRow>> ReadAsync(
        TransactionContext context, ReadPoint at, PageRequest request)
    {
        lock (context.Gate)
        {
            if (!context.Settings.IsReadYourWritesDisabled && context.SpecialChanges?.Lock is { } own)
                return Rows(own.Id);
        }
        return await context.Cluster.GetAsync(DatabaseLock.Key, at) is { } value
            ? Rows(Encoding.ASCII.GetBytes(DatabaseLock.IdIn(value)))
            : [];
    }

    /// <summary>Makes the change a part of the transaction.</summary>
    public static async ValueTask ApplyAsync(TransactionContext context, Transaction transaction, LockChange change)
    {
        var holder = await LockKeys.HolderAsync(transaction);
        if (change.Id is null)
        {
            if (holder is not null)
                transaction.Clear(DatabaseLock.Key);
            return;
        }
        var id = Encoding.UTF8.GetString(change.Id);
        if (!DatabaseLock.TryWrite(id, out var operand))
        {
            lock (context.Gate)
                throw ErrorDocument.Refuse(context, "lock", $"Invalid UID hex string: {id}");
        }
        if (holder is null)
            LockKeys.Write(transaction, operand);
        else if (!holder.Equals(id, StringComparison.OrdinalIgnoreCase))
            throw DatabaseLock.Locked(holder);
    }

    private static FerrisException? Note(TransactionContext context, LockChange change)
    {
        SpecialChanges.Of(context).Lock = change;
        return null;
    }

    private static List<SpecialRow> Rows(byte[]? id) => id is null ? [] : [new(ManagementModules.Lock.Begin, id)];
}
