namespace FerrisDB.Transactions;

/// <summary>Gives transactions their read versions (GRV: get read version).</summary>
/// <remarks>
/// Thread-safe. What was acknowledged before the question is in the answer, and nothing in it can be lost any more:
/// that is what makes serializability strict.
/// </remarks>
internal sealed class GrvProxy(StorageServer storage, DatabaseLock databaseLock)
{
    /// <summary>The newest version whose commit may be seen; false if the database is locked.</summary>
    /// <param name="isLockAware">Asks for one that may go past the lock.</param>
    /// <param name="version">The version.</param>
    /// <param name="holder">The id of who has locked the database, if so.</param>
    public bool TryGetReadVersion(bool isLockAware, out long version, out string? holder)
    {
        version = ReadVersion();
        // Looked at behind the version: a lock that was acknowledged before is known.
        holder = isLockAware ? null : databaseLock.Holder;
        return holder is null;
    }

    private long ReadVersion()
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ReadVersionsAreOld)
            return Math.Max(storage.Floor, Sequencer.FirstVersion);
#endif
        return storage.LastVersion;
    }
}
