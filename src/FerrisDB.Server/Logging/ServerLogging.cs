using Microsoft.Extensions.Logging;

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
        var level = new LogLevelSwitch(configuration.Get(ServerSettings.LogLevel));
        var format = configuration.Get(ServerSettings.LogFormat);
        var loggers = LoggerFactory.Create(building =>
        {
            // Whoever exports the log asks the same switch as who writes it.
            building.SetMinimumLevel(LogLevel.Trace).AddFilter(severity => severity >= level.Level);
            building.Services.Add(new(typeof(ILoggerProvider), new LineLog(writer, format, level, clock)));
        });
        return new ServerLogging(loggers, level);
    }

    public void Dispose() => Loggers.Dispose();
}
