using System.Buffers;

namespace FerrisDB.Testing;

/// <summary>The roles of a database, with the faults of a test before them.</summary>
internal sealed class FaultyCluster(ICluster inner, TestFaults faults, TimeProvider clock) : ICluster
{
    public bool RequiresTenants => inner.RequiresTenants;

    public ValueTask<long> GetReadVersionAsync(TransactionPriority priority, bool isLockAware) =>
        inner.GetReadVersionAsync(priority, isLockAware);

    public ValueTask<long> GetReadVersionAsync(
        TransactionPriority priority, bool isLockAware, IReadOnlyList<TransactionTag> tags) =>
        inner.GetReadVersionAsync(priority, isLockAware, tags);

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, ReadPoint at)
    {
        if (faults.NextRead() is not { } fault)
            return inner.GetAsync(key, at);
        var copy = key.ToArray();
        return MeetAsync(fault, () => inner.GetAsync(copy, at));
    }

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, ReadPoint at, IBufferWriter<byte> destination)
    {
        if (faults.NextRead() is not { } fault)
            return inner.TryGetAsync(key, at, destination);
        var copy = key.ToArray();
        return MeetAsync(fault, () => inner.TryGetAsync(copy, at, destination));
    }

    public ValueTask<bool> GetRangeAsync(RangeRequest request, ReadPoint at, RowBuffer rows) =>
        faults.NextRead() is { } fault
            ? MeetAsync(fault, () => inner.GetRangeAsync(request, at, rows))
            : inner.GetRangeAsync(request, at, rows);

    public ValueTask CommitAsync(CommitTransaction transaction, Durability durability) =>
        faults.NextCommit() is { } fault
            ? CommitAsync(transaction, durability, fault)
            : inner.CommitAsync(transaction, durability);

    public void AddWatch(Watch watch) => inner.AddWatch(watch);

    public void RemoveWatch(Watch watch) => inner.RemoveWatch(watch);

    public ValueTask<long> EstimateSizeBytesAsync(KeyRange range) => inner.EstimateSizeBytesAsync(range);

    public ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes) =>
        inner.GetSplitPointsAsync(range, chunkBytes);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<T> MeetAsync<T>(Fault fault, Func<ValueTask<T>> read)
    {
        if (fault.Delay > TimeSpan.Zero)
            await Task.Delay(fault.Delay, clock);
        return fault.Code is null ? await read() : throw fault.ToException();
    }

    private async ValueTask CommitAsync(CommitTransaction transaction, Durability durability, Fault fault)
    {
        if (fault.Delay > TimeSpan.Zero)
            await Task.Delay(fault.Delay, clock);
        // A conflict is told as the resolver tells it, with all reads in it if somebody wants to know.
        if (fault.Code is ErrorCode.NotCommitted or ErrorCode.TransactionTooOld)
        {
            transaction.Verdict = fault.Code == ErrorCode.NotCommitted ? Verdict.Conflict : Verdict.TooOld;
            if (transaction.ReportsConflicts)
                transaction.Conflicting.AddRange(Enumerable.Range(0, transaction.Reads.Count));
            return;
        }
        if (fault.IsCommitted)
            await inner.CommitAsync(transaction, durability);
        // Its own verdict goes first: what conflicted has certainly not been committed.
        if (fault.Code is not null && transaction.Verdict == Verdict.Committed)
            throw fault.ToException();
    }
}
