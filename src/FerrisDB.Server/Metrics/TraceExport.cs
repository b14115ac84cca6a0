using OpenTelemetry;
using OpenTelemetry.Trace;

namespace FerrisDB.Server;

/// <summary>Collects the spans of a server's requests, to be sent by OTLP.</summary>
internal static class TraceExport
{
    /// <summary>Begins to collect; null if nobody wants any. Dispose it.</summary>
    // The share goes by the id of the trace, so that all requests of a trace are told of, or none.
    public static TracerProvider? Begin(ServerOptions options) =>
        options is not { Otlp: { } collector, TraceShare: > 0 and var share }
            ? null
            : Sdk.CreateTracerProviderBuilder().SetResourceBuilder(MetricsExport.Service)
                .AddSource(ServerSpans.SourceName)
                .SetSampler(new TraceIdRatioBasedSampler(share))
                .AddOtlpExporter(exporter => exporter.Endpoint = collector)
                .Build();
}
