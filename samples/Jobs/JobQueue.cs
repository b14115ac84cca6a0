using System.Text;
using FerrisDB;
using FerrisDB.Layers;

namespace Jobs;

/// <summary>A queue, first in, first out, for any number of producers and consumers.</summary>
public sealed class JobQueue(Database database, Subspace queue)
{
    private readonly Subspace _waiting = queue["waiting"];
    private readonly byte[] _signal = queue.Pack("signal");

    /// <summary>
    /// Adds a job. Producers never conflict: the commit itself makes the key, in the order of commits.
    /// </summary>
    public ValueTask EnqueueAsync(string job) => database.RunAsync(transaction =>
    {
        transaction.SetVersionstampedKey(
            _waiting.PackWithVersionstamp(Versionstamp.Incomplete()), Encoding.UTF8.GetBytes(job));
        transaction.Add(_signal, 1);
    });

    /// <summary>Takes the oldest job; waits for one if there is none.</summary>
    public async Task<string> DequeueAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (job, changed) = await database.RunAsync(
                transaction => TakeOrWatchAsync(transaction, cancellationToken), cancellationToken);
            if (job is not null)
                return job;
            await changed!;
        }
    }

    // The look and the watch are one transaction: what is added between them would be a conflict, and tried again. Two
    // consumers that see the same job conflict too, and one of them gets the next.
    //
    // A consumer that dies after this has lost its job. To keep it, write it to queue["running"] here, with the time,
    // and clear it there when it is done.
    private async ValueTask<(string? Job, Task? Changed)> TakeOrWatchAsync(
        Transaction transaction, CancellationToken cancellationToken)
    {
        var oldest = await transaction.GetRangeAsync(_waiting.Range(), new RangeOptions { Limit = 1 });
        if (oldest.Count == 0)
            return (null, transaction.WatchAsync(_signal, cancellationToken));
        transaction.Clear(oldest[0].Key.Span);
        return (Encoding.UTF8.GetString(oldest[0].Value.Span), null);
    }
}
