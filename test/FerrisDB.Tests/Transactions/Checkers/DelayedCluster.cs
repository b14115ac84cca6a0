using System.Buffers;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

/// <summary>The roles of a database, whose answers come later, in an order that a seed chooses.</summary>
/// <remarks>
/// For one thread: whoever waits for an answer goes on within <see cref="AnswerOne"/>. Whether what is asked is done at
/// once or just before it is answered is chosen too: with a real network in between it may be either.
/// </remarks>
internal sealed class DelayedCluster(ICluster inner, Random random) : ICluster
{
    private readonly List<Action> _waiting = [];

    /// <summary>Told of a commit's verdict when it falls, however late the answer is; flows with the asker.</summary>
    public static AsyncLocal<Action<CommitTransaction>?> Decided { get; } = new();

    /// <summary>The durabilities of all commits, as they were asked for.</summary>
    public List<Durability> Durabilities { get; } = [];

    /// <summary>Answers everything at once.</summary>
    public bool IsPrompt { get; set; }

    /// <summary>Gives one of the answers that are waited for; false if there is none.</summary>
    public bool AnswerOne()
    {
        if (_waiting.Count == 0)
            return false;
        var index = random.Next(_waiting.Count);
        var answer = _waiting[index];
        _waiting.RemoveAt(index);
        answer();
        return true;
    }

    public ValueTask<long> GetReadVersionAsync(TransactionPriority priority, bool isLockAware) =>
        Later(() => inner.GetReadVersionAsync(priority, isLockAware));

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, ReadPoint at)
    {
        var copy = key.ToArray();
        return Later(() => inner.GetAsync(copy, at));
    }

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, ReadPoint at, IBufferWriter<byte> destination)
    {
        var copy = key.ToArray();
        return Later(() => inner.TryGetAsync(copy, at, destination));
    }

    public ValueTask<bool> GetRangeAsync(RangeRequest request, ReadPoint at, RowBuffer rows) =>
        Later(() => inner.GetRangeAsync(request, at, rows));

    public async ValueTask CommitAsync(CommitTransaction transaction, Durability durability)
    {
        Durabilities.Add(durability);
        var decided = Decided.Value;
        await Later(async () =>
        {
            await inner.CommitAsync(transaction, durability);
            decided?.Invoke(transaction);
            return true;
        });
    }

    public void AddWatch(Watch watch) => inner.AddWatch(watch);

    public void RemoveWatch(Watch watch) => inner.RemoveWatch(watch);

    public ValueTask<long> EstimateSizeBytesAsync(KeyRange range) => Later(() => inner.EstimateSizeBytesAsync(range));

    public ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes) =>
        Later(() => inner.GetSplitPointsAsync(range, chunkBytes));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ValueTask<T> Later<T>(Func<ValueTask<T>> ask)
    {
        if (IsPrompt || random.Next(4) == 0)
            return ask();
        var answer = new TaskCompletionSource<T>();
        var early = random.Next(2) == 0 ? ask().AsTask() : null;
        _waiting.Add(() => _ = CompleteAsync(answer, early ?? ask().AsTask()));
        return new ValueTask<T>(answer.Task);
    }

    private static async Task CompleteAsync<T>(TaskCompletionSource<T> answer, Task<T> asked)
    {
        try
        {
            answer.SetResult(await asked);
        }
        catch (FerrisException error)
        {
            answer.SetException(error);
        }
    }
}
