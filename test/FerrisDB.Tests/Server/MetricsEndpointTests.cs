using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FerrisDB.Server;
using FerrisDB.TestKit;
using FerrisDB.Tests.House;
using FerrisDB.Tests.Network;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

/// <summary>The port for Prometheus and for probes of health.</summary>
public sealed partial class MetricsEndpointTests : IAsyncLifetime
{
    // What is published is the whole process's: the servers of other tests have another name.
    private const string Cluster = "metrics:1";

    private readonly HttpClient _http = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(serverOptions: new ServerOptions
        {
            Metrics = new IPEndPoint(IPAddress.Loopback, 0),
        }, cluster: Cluster);
        _http.BaseAddress = new Uri($"http://{_server.Server.MetricsEndPoint}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    // Addresses of 192.0.2.0/24 are for documents: no machine has one.
    [Fact]
    public async Task An_address_of_another_machine_is_refused_with_its_name()
    {
        var error = await Assert.ThrowsAsync<FerrisException>(() => TestServer.StartAsync(
            serverOptions: new ServerOptions { Metrics = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0) },
            cluster: "metrics:2"));

        Assert.Equal(ErrorCode.ConnectionFailed, error.Code);
        Assert.StartsWith("Cannot serve metrics at 192.0.2.1:0: ", error.Message, StringComparison.Ordinal);
    }

    // Dashboards and alerts rely on the names. Histograms are there when something was recorded: they are not listed.
    [Fact]
    public async Task The_names_of_the_metrics_are_those_of_the_golden_file()
    {
        var text = await _http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        var names = text.Split('\n')
            .Where(line => line.StartsWith("# TYPE ferrisdb_", StringComparison.Ordinal))
            .Where(line => !line.EndsWith(" histogram", StringComparison.Ordinal))
            .Select(line => line["# TYPE ".Length..]).Order(StringComparer.Ordinal);
        GoldenFile.Check("metrics.txt", string.Concat(names.Select(name => name + "\n")));
        Assert.Contains("# TYPE dotnet_process_cpu_time_seconds_total counter", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Dashboard_alerts_and_documents_name_metrics_that_there_are()
    {
        var golden = RepositoryTree.Read("test/FerrisDB.Tests/Server/golden/metrics.txt");
        var known = golden.Split('\n').Select(line => line.Split(' ')[0]).ToHashSet();

        foreach (var path in (string[])
            ["deploy/grafana/ferrisdb.json", "deploy/prometheus/ferrisdb.rules.yml", "docs/server.md"])
        {
            var named = MetricName().Matches(RepositoryTree.Read(path)).Select(match => match.Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Contains(name, known));
        }
    }

    [Fact]
    public async Task A_commit_is_counted_by_what_became_of_it()
    {
        await using var client = _server.Connect();
        await client.RunAsync(transaction => transaction.Set("a"u8, "1"u8), TestContext.Current.CancellationToken);

        var text = await _http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        var line = Assert.Single(text.Split('\n'), line =>
            line.StartsWith("ferrisdb_server_commits_total{", StringComparison.Ordinal)
            && line.Contains("ferrisdb_outcome=\"committed\"", StringComparison.Ordinal)
            && line.Contains($"ferrisdb_cluster=\"{Cluster}\"", StringComparison.Ordinal));
        Assert.Contains("} 1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_ready_until_it_is_told_to_stop_and_alive_all_the_time()
    {
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync("/readyz"));

        _server.Server.Admin.Order(AdminOrder.Stop, "");

        var (code, text) = await GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
        Assert.StartsWith("stopping: ", text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "alive\n"), await GetAsync("/healthz"));
    }

    [Fact]
    public async Task The_status_is_there_and_nothing_else_and_nothing_can_be_changed()
    {
        var (code, text) = await GetAsync("/status");
        using var status = JsonDocument.Parse(text);
        Assert.Equal((HttpStatusCode.OK, 1), (code, status.RootElement.GetProperty("schema").GetInt32()));

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/hotkeys")).Code);
        using var posted = await _http.PostAsync("/readyz", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_the_server_ends()
    {
        await using var database = Database.OpenInMemory();

        var error = await Assert.ThrowsAsync<FerrisException>(() => TestServer.ServeAsync(database, new ServerOptions
        {
            Metrics = _server.Server.MetricsEndPoint,
        }));

        Assert.Equal(ErrorCode.ConnectionFailed, error.Code);
        Assert.Contains("Cannot serve metrics at", error.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\bferrisdb_(server|storage)_\w+")]
    private static partial Regex MetricName();

    private async Task<(HttpStatusCode Code, string Text)> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
