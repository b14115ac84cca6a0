using Microsoft.Extensions.Logging.Abstractions;

namespace FerrisDB.Server;

// One order, for every setting:
//
//     flag  >  variable of the environment  >  file  >  default
//
// The file is named by --config, or by FERRISDB_CONFIG.

/// <summary>What a server is told, by whoever has the first word on each setting.</summary>
internal sealed class ServerConfiguration
{
    /// <summary>Names the file.</summary>
    public const string FileFlag = "--config";

    /// <summary>Names the file, if no flag does.</summary>
    public const string FileVariable = "FERRISDB_CONFIG";

    private readonly IReadOnlyList<ISettingSource> _sources;

    private ServerConfiguration(IReadOnlyList<ISettingSource> sources) => _sources = sources;

    /// <summary>Where settings were said, the strongest first.</summary>
    /// <param name="flags">What the command line says.</param>
    /// <param name="file">The file that it names, or null.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <exception cref="SettingException">Something that was said is not allowed.</exception>
    public static ServerConfiguration Load(FlagSettings flags, string? file, Func<string, string?> environment)
    {
        file ??= environment(FileVariable) is { Length: > 0 } named ? named : null;
        List<ISettingSource> sources = [flags, new EnvironmentSettings(environment)];
        if (file is not null)
            sources.Add(FileSettings.Load(file, ServerSettings.All));
        var configuration = new ServerConfiguration(sources);
        // What is overruled is checked too: a mistake in a file must not wait for the day when a flag is left out.
        foreach (var setting in ServerSettings.All)
        {
            foreach (var source in sources)
                Check(setting, source);
        }
        SecuritySettings.Check(configuration);
        return configuration;
    }

    /// <summary>The value that holds.</summary>
    public T Get<T>(TypedSetting<T> setting) =>
        SourceOf(setting) is { } source && setting.TryParse(source.Find(setting)!, out var value)
            ? value
            : setting.Default;

    /// <summary>All settings, with what holds and who says it.</summary>
    public IEnumerable<EffectiveSetting> Effective() => ServerSettings.All.Select(setting =>
        SourceOf(setting) is { } source
            ? new EffectiveSetting(setting, setting.Normalize(source.Find(setting)!)!, source.PlaceOf(setting))
            : new EffectiveSetting(setting, setting.DefaultText, "default"));

    /// <summary>What the server is told.</summary>
    /// <param name="logging">Where it logs; null is nowhere.</param>
    public ServerOptions ToServerOptions(ServerLogging? logging = null) => new()
    {
        Loggers = logging?.Loggers ?? NullLoggerFactory.Instance,
        LogLevel = logging?.Level ?? new LogLevelSwitch(),
        SlowTransaction = Get(OperationsSettings.SlowTransaction),
        Metrics = Get(OperationsSettings.Metrics),
        Otlp = Get(OperationsSettings.Otlp),
        TraceShare = Get(OperationsSettings.TraceShare),

        Listen = Get(ServerSettings.Listen),
        IsInsecureAllowed = Get(ServerSettings.Insecure),
        Tls = SecuritySettings.Tls(this),
        TokenFile = Get(SecuritySettings.Tokens),
        AuditFile = Get(SecuritySettings.AuditLog),
        ConnectionsMax = Get(ServerSettings.ConnectionsMax),
        HandshakeTimeout = Get(ServerSettings.HandshakeTimeout),
        IdleTimeout = Get(ServerSettings.IdleTimeout),
        StopTimeout = Get(ServerSettings.StopTimeout),
        DrainTimeout = Get(ServerSettings.DrainTimeout),
        HasRateLimit = Get(ServerSettings.RateLimit),
        Followers = new FollowerLimits(Get(ServerSettings.FollowerAwayMax), Get(ServerSettings.FollowerLogMax)),
    };

    /// <summary>What its database is told.</summary>
    public DatabaseOptions ToDatabaseOptions()
    {
        var options = new DatabaseOptions();
        var budget = Get(ServerSettings.MemoryBudget);
        return budget == 0
            ? options
            : options with { Storage = options.Storage with { MemoryBudgetBytes = budget } };
    }

    private ISettingSource? SourceOf(Setting setting) =>
        _sources.FirstOrDefault(source => source.Find(setting) is not null);

    private static void Check(Setting setting, ISettingSource source)
    {
        if (source.Find(setting) is { } text && setting.Normalize(text) is null)
            throw new SettingException(
                $"{source.PlaceOf(setting)}: '{text}' is not allowed. Say {setting.Allowed}.");
    }
}
