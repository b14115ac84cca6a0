namespace FerrisDB.Bench;

/// <summary>Uses a server through real connections for a long time, and looks whether anything gets worse.</summary>
internal sealed class ServerSoakRun(ServerSoakOptions options, TextWriter output)
{
    private const double NanosecondsPerMicrosecond = 1000;
    private const string Header =
        "seconds  transactions/s  p50 us    p99 us  p99.9 us    max us  server MB  clients MB";


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
            var samples = await UseAsync(clients);
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

    private async Task<List<ServerSoakSample>> UseAsync(ServerSoakClient[] clients)
    {
        using var stop = new CancellationTokenSource();
        List<ServerSoakSample> samples = [];
        var window = TimeSpan.FromSeconds(options.SampleSeconds);
        var count = Math.Max(1, (int)(options.Minutes * 60 / options.SampleSeconds));
        Task[] running = [.. clients.Select(client => client.RunAsync(stop.Token))];
        output.WriteLine(Header);
        using var timer = new PeriodicTimer(window);
        for (var number = 1; number <= count && !running.Any(each => each.IsCompleted); number++)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            samples.Add(Sample(clients, number * options.SampleSeconds));
            output.WriteLine(Line(samples[^1]));
        }
        await stop.CancelAsync();
        await Task.WhenAll(running);
        return samples;
    }

    private ServerSoakSample Sample(ServerSoakClient[] clients, double seconds)
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
            TransactionsPerSecond = window.Operations / options.SampleSeconds,
            P50Us = Percentile(50),
            P99Us = Percentile(99),
            P999Us = Percentile(99.9),
            MaxUs = Percentile(100),
            ServerBytes = options.ServerPid == 0 ? 0 : ProcessFacts.AnonymousBytesOf(options.ServerPid),
            ClientBytes = ProcessFacts.AnonymousBytesOf(Environment.ProcessId),
        };
    }

    private static string Line(ServerSoakSample sample)
    {
        var rate = Figures.Rate(sample.TransactionsPerSecond);
        var (server, client) = (Figures.Megabytes(sample.ServerBytes), Figures.Megabytes(sample.ClientBytes));
        var most = Figures.Invariant($"{sample.P99Us,9:#,##0} {sample.P999Us,9:#,##0} {sample.MaxUs,9:#,##0}");
        var begin = Figures.Invariant($"{sample.Seconds,7:0} {rate,15} {sample.P50Us,7:#,##0}");
        return $"{begin} {most} {server,10} {client,11}";
    }
}
