using System.Net;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FerrisDB.Server;

/// <summary>What looks at a server from outside: its meter and spans, who collects them, and a port.</summary>
internal sealed class ServerObservation : IAsyncDisposable
{
    private readonly ServerMetrics _metrics;
    private readonly MeterProvider? _collector;
    private readonly TracerProvider? _tracer;
    private readonly MetricsEndpoint? _endpoint;

    private ServerObservation(
        ServerMetrics metrics, MeterProvider? collector, TracerProvider? tracer, MetricsEndpoint? endpoint)
    {
        _tracer = tracer;
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
            return new ServerObservation(metrics, collector, TraceExport.Begin(served.Options), endpoint);
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
        _tracer?.Dispose();
        _collector?.Dispose();
        _metrics.Dispose();
    }
}
