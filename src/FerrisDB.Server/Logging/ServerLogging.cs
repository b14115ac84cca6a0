using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;

namespace FerrisDB.Server;

/// <summary>Where a server logs, and from which level on.</summary>
internal sealed class ServerLogging : IDisposable
{
    private ServerLogging(ILoggerFactory loggers, LogLevelSwitch level)
    {
        Loggers = loggers;
        Level = level;
    }

    public ILoggerFactory Loggers { get; }

    public LogLevelSwitch Level { get; }

    /// <summary>Logs as a configuration says.</summary>
    public static ServerLogging Open(ServerConfiguration configuration, TextWriter writer, TimeProvider clock)
    {
        var level = new LogLevelSwitch(configuration.Get(OperationsSettings.LogLevel));
        var format = configuration.Get(OperationsSettings.LogFormat);
        var loggers = LoggerFactory.Create(building =>
        {
            // Whoever exports the log asks the same switch as who writes it.
            building.SetMinimumLevel(LogLevel.Trace).AddFilter(severity => severity >= level.Level);
            building.AddProvider(new LineLog(writer, format, level, clock));
            if (configuration.Get(OperationsSettings.Otlp) is { } collector)
                Export(building, collector);
        });
        return new ServerLogging(loggers, level);
    }

    private static void Export(ILoggingBuilder building, Uri collector) => building.AddOpenTelemetry(logging =>
    {
        logging.SetResourceBuilder(MetricsExport.Service);
        logging.AddOtlpExporter(exporter => exporter.Endpoint = collector);
    });

    public void Dispose() => Loggers.Dispose();
}
