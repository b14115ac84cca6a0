using Microsoft.Extensions.Logging;

namespace FerrisDB.Server;

/// <summary>From which level on a server logs: may be turned while it runs.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LogLevelSwitch(LogLevel level = LogLevel.Information)
{
    private volatile LogLevel _level = level;

    /// <summary>The names that it goes by.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["trace", "debug", "info", "warning", "error", "critical", "none"];

    public LogLevel Level => _level;

    /// <summary>The level by its name.</summary>
    public string Name => Names[(int)_level];

    /// <summary>Turns it. False if there is no such level.</summary>
    public bool TrySet(string name)
    {
        if (!TryParse(name, out var level))
            return false;
        _level = level;
        return true;
    }

    /// <summary>The level of a name.</summary>
    public static bool TryParse(string name, out LogLevel level)
    {
        for (var index = 0; index < Names.Count; index++)
        {
            level = (LogLevel)index;
            if (Names[index].Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        level = LogLevel.None;
        return false;
    }
}
