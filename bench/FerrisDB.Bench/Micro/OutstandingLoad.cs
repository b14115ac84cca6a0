using System.Diagnostics;
using HdrHistogram;

namespace FerrisDB.Bench;

/// <summary>Keeps so many requests outstanding for some time, and tells how many were answered.</summary>
/// <remarks>
/// With a share, it then asks for that share of what was answered, each request at its time (<see cref="Pace"/>) and
/// from more loops, so that few wait for another.
/// </remarks>
internal sealed class OutstandingLoad(int[] outstanding, double seconds, double share, TextWriter writer)
{
    private const double WarmUpSeconds = 0.3;
    private const long NanosecondsMax = 10_000_000_000;

    private const int LoopsForOne = 8;
    private const int LoopsMin = 64;
    private const int LoopsMax = 1024;

    // With more than so many, latencies are sampled: their histogram has one lock.
    private const int AllLatenciesMax = 64;
    private const int SampledOneIn = 8;

    public void WriteHeader(string server)
    {
        writer.WriteLine(server);
        writer.WriteLine($"{"workload",-14} {"at once",8} {"per second",12} {"p50 ms",9} {"p99 ms",9}");
    }

    public async Task MeasureAsync(string name, Func<Random, ValueTask> request)
    {
        foreach (var count in outstanding)
        {
            await RunAsync(count, WarmUpSeconds, 0, request, new LongHistogram(NanosecondsMax, 3));
            var most = await MeasureAsync(name, count, 0, request);
            if (share > 0)
                await MeasureAsync($"  at {share:P0}", count, most * share, request);
        }
    }

    private async Task<double> MeasureAsync(string name, int count, double rate, Func<Random, ValueTask> request)
    {
        var latencies = new LongHistogram(NanosecondsMax, 3);
        var loops = rate > 0 ? Math.Max(count, Math.Clamp(count * LoopsForOne, LoopsMin, LoopsMax)) : count;
        var perSecond = await RunAsync(loops, seconds, rate, request, latencies);
        var p50 = latencies.GetValueAtPercentile(50) / 1e6;
        var p99 = latencies.GetValueAtPercentile(99) / 1e6;
        writer.WriteLine($"{name,-14} {count,8:N0} {perSecond,12:N0} {p50,9:0.000} {p99,9:0.000}");
        writer.Flush();
        return perSecond;
    }

    // A rate of 0 is as fast as it goes.
    private static async Task<double> RunAsync(
        int count, double length, double rate, Func<Random, ValueTask> request, LongHistogram latencies)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, count).Select(LoopAsync));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task<long> LoopAsync(int seed)
        {
            var random = new Random(seed);
            var pace = new Pace(start, rate, count, seed);
            for (var requests = 0L; ; requests++)
            {
                var begun = await pace.NextAsync();
                if (Stopwatch.GetElapsedTime(start, begun).TotalSeconds >= length)
                    return requests;
                await request(random);
                if (count > AllLatenciesMax && requests % SampledOneIn != 0)
                    continue;
                lock (latencies)
                    latencies.RecordValue((long)Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
            }
        }
    }
}
