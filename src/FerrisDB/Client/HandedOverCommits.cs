using System.Buffers;

namespace FerrisDB;

/// <summary>
/// A cluster whose commits run on a thread of the pool: whoever asks for one goes on at once, and several that wait for
/// the disk at the same time share one sync. For callers that must never block, such as an event loop.
/// </summary>
/// <remarks>Commits that wait for no disk are not handed over: the way to another thread would cost more.</remarks>
internal sealed class HandedOverCommits(ICluster cluster) : ICluster
{
    public bool TakesBatches => cluster.TakesBatches;

    public long LastTenantChange => cluster.LastTenantChange;

    public bool RequiresTenants => cluster.RequiresTenants;

    public ValueTask<long> GetReadVersionAsync(TransactionPriority priority, bool isLockAware) =>
        cluster.GetReadVersionAsync(priority, isLockAware);

    public ValueTask<long> GetReadVersionAsync(
        TransactionPriority priority, bool isLockAware, IReadOnlyList<TransactionTag> tags) =>
        cluster.GetReadVersionAsync(priority, isLockAware, tags);

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, ReadPoint at) => cluster.GetAsync(key, at);

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, ReadPoint at, IBufferWriter<byte> destination) =>
        cluster.TryGetAsync(key, at, destination);

    public ValueTask<bool> GetRangeAsync(RangeRequest request, ReadPoint at, RowBuffer rows) =>
        cluster.GetRangeAsync(request, at, rows);

    public ValueTask CommitAsync(CommitTransaction transaction, Durability durability)
    {
        if (durability != Durability.Sync)
            return cluster.CommitAsync(transaction, durability);
        var commit = new HandedOverCommit(cluster, transaction, durability);
        ThreadPool.UnsafeQueueUserWorkItem(commit, preferLocal: false);
        return new ValueTask(commit.Ended);
    }

    public void AddWatch(Watch watch) => cluster.AddWatch(watch);

    public void RemoveWatch(Watch watch) => cluster.RemoveWatch(watch);

    public ValueTask<long> EstimateSizeBytesAsync(KeyRange range) => cluster.EstimateSizeBytesAsync(range);

    public ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes) =>
        cluster.GetSplitPointsAsync(range, chunkBytes);

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
