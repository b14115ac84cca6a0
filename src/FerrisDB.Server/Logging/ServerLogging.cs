using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.EventLog;
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
    /// <param name="configuration">Level, format, and a collector if there is one.</param>
    /// <param name="writer">Where lines go to.</param>
    /// <param name="clock">Dates them.</param>
    /// <param name="hasEventLog">It goes to the event log of Windows too.</param>
    public static ServerLogging Open(
        ServerConfiguration configuration, TextWriter writer, TimeProvider clock, bool hasEventLog = false)
    {
        var level = new LogLevelSwitch(configuration.Get(OperationsSettings.LogLevel));
        var format = configuration.Get(OperationsSettings.LogFormat);
        var loggers = LoggerFactory.Create(building =>
        {
            // Whoever exports the log asks the same switch as who writes it.
            building.SetMinimumLevel(LogLevel.Trace).AddFilter(severity => severity >= level.Level);
            building.AddProvider(new LineLog(writer, format, level, clock));
            if (hasEventLog && OperatingSystem.IsWindows())
                building.AddEventLog(new EventLogSettings { SourceName = WindowsService.Name });
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
