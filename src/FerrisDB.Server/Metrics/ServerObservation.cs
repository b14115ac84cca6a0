using System.Net;
using OpenTelemetry.Metrics;

namespace FerrisDB.Server;

/// <summary>What looks at a server from outside: its meter, who collects that, and the port for both.</summary>
internal sealed class ServerObservation : IAsyncDisposable
{
    private readonly ServerMetrics _metrics;
    private readonly MeterProvider? _collector;
    private readonly MetricsEndpoint? _endpoint;

    private ServerObservation(ServerMetrics metrics, MeterProvider? collector, MetricsEndpoint? endpoint)
    {
        _metrics = metrics;
        _collector = collector;
        _endpoint = endpoint;
    }

    /// <summary>Where metrics and health are to be had; null if nowhere.</summary>
    public IPEndPoint? EndPoint => _endpoint?.EndPoint;

    /// <summary>Begins, as far as the options ask for it.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.ConnectionFailed"/>: it cannot listen.</exception>
    public static async ValueTask<ServerObservation> BeginAsync(ServedCluster served, ServerAdmin admin)
    {
        var metrics = new ServerMetrics(served, admin);
        var collector = MetricsExport.Begin(served.Options);
        try
        {
            var endpoint = served.Options.Metrics is { } where
                ? await MetricsEndpoint.StartAsync(where, admin, collector!)
                : null;
            return new ServerObservation(metrics, collector, endpoint);
        }
        catch (FerrisException)
        {
            collector?.Dispose();
            metrics.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_endpoint is not null)
            await _endpoint.DisposeAsync();
        _collector?.Dispose();
        _metrics.Dispose();
    }
}
