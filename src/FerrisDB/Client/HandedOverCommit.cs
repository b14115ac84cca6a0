namespace FerrisDB;

/// <summary>A commit on its way to a thread of the pool.</summary>
internal sealed class HandedOverCommit(ICluster cluster, CommitTransaction transaction, Durability durability)
    : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _ended = new();

    public Task Ended => _ended.Task;

    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        try
        {
            await cluster.CommitAsync(transaction, durability);
        }
        catch (Exception failure)
        {
            _ended.SetException(failure);
            return;
        }
        _ended.SetResult();
    }
}
