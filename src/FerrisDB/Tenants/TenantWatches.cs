namespace FerrisDB;

// A watch of a tenant ends when the tenant is deleted, though nobody writes the key then. Who deletes a tenant writes
// its entry: so as long as there are watches of its keys, there is one more, of the entry.
//
//     of the tenant's keys   a  b  c                              all fail, if the entry is gone
//     of the entry           \xff/tenant/map/ID, as it is  ──►    else it is watched again: it has a new name

/// <summary>The watches of a tenant that wait, and what ends all of them.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TenantWatches(ICluster cluster, byte[] name)
{
    private readonly Lock _gate = new();

    // Under the gate.
    private readonly HashSet<Watch> _waiting = [];
    private Watch? _ofEntry;
    private bool _isLookedAfter;

    /// <summary>A watch waits now, by its whole key, in the tenant whose entry is there.</summary>
    public void Add(Watch watch, byte[] entry)
    {
        bool begins;
        lock (_gate)
        {
            if (!_waiting.Add(watch))
                return;
            begins = !_isLookedAfter;
            _isLookedAfter = true;
        }
        _ = RemoveAfterAsync(watch);
        if (begins)
            _ = LookAfterAsync(entry);
    }

    private async Task RemoveAfterAsync(Watch watch)
    {
        await EndOfAsync(watch);
        Watch? unneeded;
        lock (_gate)
        {
            _waiting.Remove(watch);
            unneeded = _waiting.Count == 0 ? _ofEntry : null;
        }
        if (unneeded?.Fail(new FerrisException(ErrorCode.OperationCancelled, "No watch waits any more.")) == true)
            cluster.RemoveWatch(unneeded);
    }

    private async Task LookAfterAsync(byte[] entry)
    {
        byte[]? seen = name;
        while (true)
        {
            var watch = new Watch(entry, seen);
            lock (_gate)
            {
                _isLookedAfter = _waiting.Count > 0;
                _ofEntry = _isLookedAfter ? watch : null;
                if (!_isLookedAfter)
                    return;
            }
            cluster.AddWatch(watch);
            // It may have been let go before there was anything to remove.
            if (watch.Changed.IsCompleted)
                cluster.RemoveWatch(watch);
            var error = await EndOfAsync(watch);
            // Nobody needed it at that moment.
            if (error?.Code == ErrorCode.OperationCancelled)
                continue;
            (seen, error) = error is null ? await ReadAsync(entry) : (seen, error);
            if (error is null && seen is not null)
                continue;
            End(error ?? TenantRules.Removed(KeyText.Of(name)));
            return;
        }
    }

    private void End(FerrisException error)
    {
        Watch[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
            _ofEntry = null;
            _isLookedAfter = false;
        }
        foreach (var watch in waiting)
        {
            if (watch.Fail(error))
                cluster.RemoveWatch(watch);
        }
    }

    // The tenant's name, which is null if it is gone; or why nobody can tell.
    private async Task<(byte[]? Name, FerrisException? Error)> ReadAsync(byte[] entry)
    {
        while (true)
        {
            try
            {
                var version = await cluster.GetReadVersionAsync(isLockAware: true);
                return (await cluster.GetAsync(entry, new ReadPoint(version, IsHeld: false)), null);
            }
            catch (FerrisException error) when (error.Code is ErrorCode.TransactionTooOld or ErrorCode.FutureVersion)
            {
                // Another version.
            }
            catch (FerrisException error)
            {
                return (null, error);
            }
            catch (ObjectDisposedException closed)
            {
                return (null, new FerrisException(ErrorCode.TransactionCancelled, closed.Message, closed));
            }
        }
    }

    private static async Task<FerrisException?> EndOfAsync(Watch watch)
    {
        try
        {
            await watch.Changed;
            return null;
        }
        catch (FerrisException error)
        {
            return error;
        }
    }
}
