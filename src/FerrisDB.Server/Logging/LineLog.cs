using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>Writes a log as lines: to standard error, usually.</summary>
/// <remarks>Thread-safe. A line is written by whoever logs, and flushed at once: nothing is lost in a crash.</remarks>
internal sealed class LineLog(TextWriter writer, LogFormat format, LogLevelSwitch level, TimeProvider clock)
    : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, this);

    public void Dispose()
    {
        lock (_gate)
            writer.Flush();
    }

    private void Write<TState>(
        string category, LogLevel severity, TState state, Exception? error, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, error);
        var now = clock.GetUtcNow();
        var line = format == LogFormat.Json
            ? LogLine.Json(now, severity, category, message, state as IEnumerable<KeyValuePair<string, object?>>, error)
            : LogLine.Text(now, severity, category, message, error);
        lock (_gate)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }

    private sealed class LineLogger(string category, LineLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.Level && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log.Write(category, logLevel, state, exception, formatter);
        }
    }

    private LogLevel Level => level.Level;
}
