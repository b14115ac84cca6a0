namespace FerrisDB.Transactions;

/// <summary>Gives transactions their read versions (GRV: get read version).</summary>
/// <remarks>
/// Thread-safe. What was acknowledged before the question is in the answer, and nothing in it can be lost any more:
/// that is what makes serializability strict.
/// </remarks>
internal sealed class GrvProxy(StorageServer storage)
{
    /// <summary>The newest version whose commit may be seen.</summary>
    public long ReadVersion()
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.ReadVersionsAreOld)
            return Math.Max(storage.Floor, Sequencer.FirstVersion);
#endif
        return storage.LastVersion;
    }
}
