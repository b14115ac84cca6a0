using System.Globalization;
using FerrisDB;
using FerrisDB.Layers;

namespace Jobs;

/// <summary>Two producers and three consumers share a queue.</summary>
public static class Demo
{
    private const int JobsPerProducer = 10;

    /// <summary>Runs it. Returns how many jobs each consumer has done.</summary>
    public static async Task<IReadOnlyList<int>> RunAsync(Database database, TextWriter output)
    {
        var queue = new JobQueue(database, new Subspace("jobs"));
        using var closing = new CancellationTokenSource();
        var left = new CountdownEvent(2 * JobsPerProducer);
        var done = new int[3];
        // They find the queue empty, and wait.
        var consumers = Enumerable.Range(0, done.Length).Select(ConsumeAsync).ToArray();

        await Task.WhenAll(ProduceAsync("a"), ProduceAsync("b"));
        await Task.WhenAll(consumers);
        return done;

        async Task ProduceAsync(string name)
        {
            for (var number = 1; number <= JobsPerProducer; number++)
            {
                await queue.EnqueueAsync(string.Create(CultureInfo.InvariantCulture, $"{name}{number}"));
                await Task.Yield();
            }
        }

        async Task ConsumeAsync(int consumer)
        {
            try
            {
                while (true)
                {
                    var job = await queue.DequeueAsync(closing.Token);
                    done[consumer]++;
                    await output.WriteLineAsync($"consumer {consumer} does {job}");
                    if (left.Signal())
                        await closing.CancelAsync();
                }
            }
            catch (Exception ended) when (closing.IsCancellationRequested && IsCancellation(ended))
            {
                // Every job is done.
            }
        }
    }

    private static bool IsCancellation(Exception error) =>
        error is OperationCanceledException or FerrisException { Code: ErrorCode.OperationCancelled };
}
