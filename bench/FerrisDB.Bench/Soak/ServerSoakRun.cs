using System.Diagnostics;

namespace FerrisDB.Bench;

/// <summary>Uses a server through real connections for a long time, and looks whether anything gets worse.</summary>
internal sealed class ServerSoakRun(ServerSoakOptions options, TextWriter output)
{
    private const double NanosecondsPerMicrosecond = 1000;
    private const string Header =
        "seconds  transactions/s  p50 us    p99 us  p99.9 us    max us  server MB  cache MB  clients MB";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <exception cref="WrongDataException">The server gave a wrong answer, or lost a commit.</exception>
    public async Task<ServerSoakReport> RunAsync()
    {
        var databases = Enumerable.Range(0, options.Connections)
            .Select(_ => Database.Connect(options.Cluster)).ToList();
        try
        {
            await ServerSoakClient.LoadAsync(databases[0], options.Keys);
            ServerSoakClient[] clients = [.. Enumerable.Range(0, options.Outstanding).Select(
                number => new ServerSoakClient(databases[number % databases.Count], number, options.Keys))];
            var samples = await UseAsync(clients, new ServerSoakStatus(databases[0]));
            foreach (var client in clients)
                await client.CheckAsync();
            return new ServerSoakReport { Machine = MachineFacts.Read(), Options = options, Samples = samples };
        }
        finally
        {
            foreach (var database in databases)
                await database.DisposeAsync();
        }
    }

    private async Task<List<ServerSoakSample>> UseAsync(ServerSoakClient[] clients, ServerSoakStatus status)
    {
        using var stop = new CancellationTokenSource();
        List<ServerSoakSample> samples = [];
        var start = Stopwatch.GetTimestamp();
        Task[] running = [.. clients.Select((client, number) =>
            client.RunAsync(new Pace(start, options.Rate, clients.Length, number), stop.Token))];
        output.WriteLine(Header);
        using var timer = new PeriodicTimer(Look);
        var sampled = 0.0;
        while (sampled < options.Minutes * 60 && !running.Any(each => each.IsCompleted))
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            await status.LookAsync();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds - sampled + (Look.TotalSeconds / 2) < options.SampleSeconds)
                continue;
            samples.Add(Sample(clients, status, seconds, seconds - sampled));
            output.WriteLine(Line(samples[^1]));
            sampled = seconds;
        }
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return samples;
    }

    private ServerSoakSample Sample(
        ServerSoakClient[] clients, ServerSoakStatus status, double seconds, double length)
    {
        var window = new SoakWindow();
        foreach (var client in clients)
            window.Add(client.Take());
        double Percentile(double percentile) => window.Operations == 0
            ? 0
            : window.Latencies.GetValueAtPercentile(percentile) / NanosecondsPerMicrosecond;
        return new ServerSoakSample
        {
            Seconds = seconds,
            TransactionsPerSecond = window.Operations / length,
            P50Us = Percentile(50),
            P99Us = Percentile(99),
            P999Us = Percentile(99.9),
            MaxUs = Percentile(100),
            ServerBytes = options.ServerPid == 0 ? 0 : ProcessFacts.AnonymousBytesOf(options.ServerPid),
            ServerCacheBytes = status.CacheBytes,
            LimitedBy = status.TakeLimits(),
            ClientBytes = ProcessFacts.AnonymousBytesOf(Environment.ProcessId),
        };
    }

    private static string Line(ServerSoakSample sample)
    {
        var rate = Figures.Rate(sample.TransactionsPerSecond);
        var (server, client) = (Figures.Megabytes(sample.ServerBytes), Figures.Megabytes(sample.ClientBytes));
        var most = Figures.Invariant($"{sample.P99Us,9:#,##0} {sample.P999Us,9:#,##0} {sample.MaxUs,9:#,##0}");
        var begin = Figures.Invariant($"{sample.Seconds,7:0} {rate,15} {sample.P50Us,7:#,##0}");
        var limited = sample.LimitedBy.Length == 0 ? "" : $"  limited: {sample.LimitedBy}";
        return $"{begin} {most} {server,10} {Figures.Megabytes(sample.ServerCacheBytes),9} {client,11}{limited}";
    }
}
