namespace FerrisDB.Transactions;

/// <summary>Gives memory back to the system that a server which nobody uses does not need.</summary>
/// <remarks>
/// Garbage is not collected while nothing is allocated, and the C library keeps what the runtime's compiler has freed:
/// what a load took would stay. Of a server that is only scraped it is 8 MB. Not thread-safe.
/// </remarks>
internal sealed class IdleMemory(RoleActivity activity)
{
    private RoleCounts _counts;
    private long _idleLooks;

    /// <summary>Gives memory back if nothing was asked since the last look. True if it did.</summary>
    public bool Look()
    {
        var counts = activity.Counts;
        _idleLooks = counts == _counts ? _idleLooks + 1 : 0;
        _counts = counts;
        // Less and less often: there is less and less to give.
        if (!long.IsPow2(_idleLooks))
            return false;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        PageMemory.GiveBackUnused();
        return true;
    }
}
