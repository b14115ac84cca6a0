namespace FerrisDB.Server;

/// <summary>All that there is to look at when somebody asks how a server is.</summary>
/// <param name="Name">The cluster: <c>description:id</c>.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Database">What it serves.</param>
/// <param name="Roles">Its roles.</param>
/// <param name="Connections">Its connections.</param>
/// <param name="Pulse">What it did in the last seconds.</param>
/// <param name="Options">What it was told when it began.</param>
internal sealed record ServedCluster(
    string Name, string Address, Database Database, RoleServer Roles, ConnectionTable Connections, ServerPulse Pulse,
    ServerOptions Options)
{
    private readonly long _startedAt = Options.TimeProvider.GetTimestamp();

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; } = Options.TimeProvider.GetUtcNow();

    public TimeSpan Uptime => Options.TimeProvider.GetElapsedTime(_startedAt);

    public StorageEngine Engine => Roles.Roles.Engine;

    /// <summary>What its clients connect with.</summary>
    public string ConnectionString => $"{Name}@{Address}";

    /// <summary>What did not work when it began, though it serves.</summary>
    public IReadOnlyList<ServerStatus.MessageRow> Notices { get; set; } = [];

    /// <summary>It has been told to end.</summary>
    public bool IsStopping { get; set; }
}
