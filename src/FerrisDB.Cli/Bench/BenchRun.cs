namespace FerrisDB.Cli;

/// <summary>Runs a workload on some threads, tells every second how it goes, and what came of it in the end.</summary>
internal sealed class BenchRun(BenchStore store, BenchSettings settings, CliConsole console)
{
    // Taking the time costs about 30 ns: operations of a fraction of a microsecond are timed now and then.
    private const int TimedEvery = 8;
    private const long AllTimedBelow = 200_000;
    private const double NanosecondsPerSecond = 1e9;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ZipfianKeys _zipfian = new(settings.Entries);

    public BenchJson.Row Run(BenchWorkload workload)
    {
        store.OpenFor(workload);
        var workers = Enumerable.Range(0, settings.Threads)
            .Select(number => new BenchWorker(store, settings, _zipfian, number)).ToList();
        var operations = Math.Max(1, workload.Operations(settings.Entries) / settings.Threads);
        var failure = (Exception?)null;
        var threads = workers.ConvertAll(worker => new Thread(() =>
        {
            try
            {
                Work(workload, worker, operations);
            }
            catch (FerrisException error)
            {
                Interlocked.CompareExchange(ref failure, error, null);
            }
        }));
        var start = console.Time.GetTimestamp();
        threads.ForEach(thread => thread.Start());
        while (!threads.TrueForAll(thread => thread.Join(Second)))
            Tell(workload, workers, console.Time.GetElapsedTime(start));
        var elapsed = console.Time.GetElapsedTime(start);
        workers.ForEach(worker => worker.Dispose());
        if (failure is not null)
            throw failure;
        return Row(workload, workers, elapsed);
    }

    private void Work(BenchWorkload workload, BenchWorker worker, long operations)
    {
        var time = console.Time;
        var timedEvery = operations < AllTimedBelow ? 1 : TimedEvery;
        var nanosecondsPerTick = NanosecondsPerSecond / time.TimestampFrequency;
        for (var i = 0L; i < operations; i++)
        {
            if (i % timedEvery != 0)
            {
                worker.Touched += workload.Run(worker, i);
            }
            else
            {
                var start = time.GetTimestamp();
                worker.Touched += workload.Run(worker, i);
                worker.Latencies.Add((long)((time.GetTimestamp() - start) * nanosecondsPerTick));
            }
            worker.Done++;
        }
    }

    private void Tell(BenchWorkload workload, List<BenchWorker> workers, TimeSpan elapsed)
    {
        var row = Row(workload, workers, elapsed);
        console.Error.WriteLine(
            $"{row.Workload}: {elapsed.TotalSeconds:0} s, {Amounts.Count(row.Operations)} operations, "
            + $"{Amounts.Count((long)row.OperationsPerSecond)}/s, p50 {row.P50Microseconds:0.0} µs, "
            + $"p99 {row.P99Microseconds:0.0} µs, p99.9 {row.P999Microseconds:0.0} µs");
    }

    private static BenchJson.Row Row(BenchWorkload workload, List<BenchWorker> workers, TimeSpan elapsed)
    {
        var latencies = new LatencyHistogram();
        workers.ForEach(worker => latencies.Add(worker.Latencies));
        var done = workers.Sum(worker => worker.Done);
        return new BenchJson.Row(
            workload.Name, workers.Count, done, workers.Sum(worker => worker.Touched),
            Math.Round(elapsed.TotalSeconds, 3),
            Math.Round(Amounts.PerSecond(done, elapsed)),
            workload.IsTransactional ? workers.Sum(worker => worker.Attempts) - done : null,
            Microseconds(0.5), Microseconds(0.99), Microseconds(0.999));

        double Microseconds(double share) => Math.Round(latencies.Percentile(share).TotalMicroseconds, 3);
    }
}
