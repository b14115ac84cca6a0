using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>Runs the timed loops of callers that are tasks, on the threads that the runtime gives them.</summary>
internal static class Callers
{
    public static (long Operations, double Seconds) Run(
        TransactionWorkload workload, Worker[] workers, double seconds, bool warmingUp)
    {
        var began = Stopwatch.GetTimestamp();
        var deadline = began + (long)(seconds * Stopwatch.Frequency);
        foreach (var worker in workers)
        {
            worker.Reseed(warmingUp);
            worker.Meter.Start(workload.CallsMax(worker.Cell), deadline, workload.TimedEvery);
        }
        var operations = Task.WhenAll(workers.Select(worker => RunAsync(workload, worker))).GetAwaiter().GetResult();
        return (operations.Sum(), Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static async Task<long> RunAsync(TransactionWorkload workload, Worker worker)
    {
        await Task.Yield();
        return await workload.RunAsync(worker);
    }
}
