using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace FerrisDB.Server;

/// <summary>Collects the meters of a server, for Prometheus to fetch or to be sent by OTLP.</summary>
internal static class MetricsExport
{
    private const string ServiceName = "ferrisdb";

    // What the engine tells of its levels, memory and work.
    private const string StorageMeter = "FerrisDB.Storage";

    // What the runtime tells of itself: processor time, memory, garbage collections, threads.
    private const string RuntimeMeter = "System.Runtime";

    // Combinations of tags of one instrument: levels, operations and quantiles, generations, types of exceptions. Room
    // for all is taken at once, and for the 2,000 that are usual it is megabytes.
    private const int SeriesMax = 64;

    /// <summary>Who a server is, for who collects of many.</summary>
    public static ResourceBuilder Service =>
        ResourceBuilder.CreateDefault().AddService(ServiceName, serviceVersion: ProductVersion.Text);

    /// <summary>Begins to collect; null if nobody wants any of it. Dispose it.</summary>
    public static MeterProvider? Begin(ServerOptions options)
    {
        if (options.Metrics is null && options.Otlp is null)
            return null;
        var meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Service)
            .AddMeter(ServerMetrics.MeterName, StorageMeter, RuntimeMeter)
            .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = SeriesMax });
        if (options.Metrics is not null)
            meters.AddPrometheusExporter();
        if (options.Otlp is { } collector)
            meters.AddOtlpExporter(exporter => exporter.Endpoint = collector);
        return meters.Build();
    }
}
