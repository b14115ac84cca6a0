namespace FerrisDB;

/// <summary>
/// Locks a database, for somebody who wants it for himself: for the time of a restore, or of a move to another place.
/// </summary>
/// <remarks>
/// While it is locked, transactions fail with <see cref="ErrorCode.DatabaseLocked"/> when they begin to read and when
/// they commit, unless they set <see cref="TransactionOption.LockAware"/>, or
/// <see cref="TransactionOption.ReadLockAware"/> to read;
/// <see cref="Database.RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/> tries them again until the
/// database is unlocked, or their time is over. The lock is stored in the database, in FoundationDB's way: it outlives
/// processes, and backups have it. Snapshots of a database, streamed ranges and backups do not ask for it. Over a
/// network all of this needs a token of the role admin, if there are tokens. Thread-safe.
/// </remarks>
public static class DatabaseLockExtensions
{
    /// <summary>
    /// Locks the database. When it returns, no other transaction commits or begins any more; one that was under way
    /// may have committed before. Once locked by an id it can be locked by the same again.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="id">Whoever has it may unlock: remember it.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DatabaseLocked"/>: by another id.</exception>
    public static ValueTask LockAsync(this Database database, Guid id, CancellationToken cancellationToken = default)
    {
        var text = id.ToString("N");
        return ChangeAsync(
            database, text, whenHeldBy: null, transaction => LockKeys.Lock(transaction, text), cancellationToken);
    }

    /// <summary>Unlocks the database; nothing happens if it is not locked.</summary>
    /// <param name="database">The database.</param>
    /// <param name="id">The id that it was locked by.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DatabaseLocked"/>: by another id.</exception>
    public static ValueTask UnlockAsync(this Database database, Guid id, CancellationToken cancellationToken = default)
    {
        var text = id.ToString("N");
        return ChangeAsync(
            database, text, whenHeldBy: text, static transaction => transaction.Clear(DatabaseLock.Key),
            cancellationToken);
    }

    /// <summary>The id that the database is locked by; null if it is not locked.</summary>
    public static async ValueTask<Guid?> GetLockAsync(
        this Database database, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        var holder = await database.RunAsync(
            async transaction =>
            {
                LockKeys.GoPast(transaction);
                return await LockKeys.HolderAsync(transaction);
            },
            cancellationToken);
        return holder is null ? null : Guid.ParseExact(holder, "N");
    }

    // Changes the lock if it is held by whom it must be; nothing is to be done if it is as it is wanted already.
    private static async ValueTask ChangeAsync(
        Database database, string id, string? whenHeldBy, Action<Transaction> change,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        var other = await database.RunAsync(
            async transaction =>
            {
                LockKeys.GoPast(transaction);
                var holder = await LockKeys.HolderAsync(transaction);
                if (holder == whenHeldBy)
                    change(transaction);
                return holder == id ? null : holder;
            },
            cancellationToken);
        // Not from inside: there it would be tried again.
        if (other is not null)
            throw DatabaseLock.Locked(other);
    }
}
