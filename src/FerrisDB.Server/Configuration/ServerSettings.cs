using System.Net;

namespace FerrisDB.Server;

/// <summary>Everything that <c>ferrisdb serve</c> can be told.</summary>
/// <remarks>A setting that is added here is a flag, a variable and a key of the file at once.</remarks>
internal static class ServerSettings
{
    private static readonly ServerOptions Standard = new();

    public static TypedSetting<string> Data { get; } = new(
        "data", "DIR", "The folder of the database; created if there is none.", SettingKinds.Path, "ferrisdb");

    public static TypedSetting<IPEndPoint> Listen { get; } = new(
        "listen", "ADDRESS:PORT", "Where to listen; port 0 takes a free one.", SettingKinds.EndPoint, Standard.Listen);

    public static TypedSetting<string?> ClusterFile { get; } = new(
        "cluster-file", "FILE", "Where to write the cluster file.", SettingKinds.OptionalPath, null,
        $"{Server.ClusterFile.Name} in the folder");

    public static TypedSetting<bool> Insecure { get; } = new(
        "insecure", "BOOL", "Listen to other machines too, although anybody there may do anything.",
        SettingKinds.Switch, Standard.IsInsecureAllowed);

    public static TypedSetting<int> ConnectionsMax { get; } = new(
        "connections-max", "NUMBER", "Connections at once, at most.", SettingKinds.Number(1, 1_000_000),
        Standard.ConnectionsMax);

    public static TypedSetting<TimeSpan> HandshakeTimeout { get; } = new(
        "handshake-timeout", "TIME", "How long a client may take to say who it is.", TimeToAnHour(),
        Standard.HandshakeTimeout);

    public static TypedSetting<TimeSpan> IdleTimeout { get; } = new(
        "idle-timeout", "TIME", "How long a client may be silent. Ours say something every 10 s.", TimeToAnHour(),
        Standard.IdleTimeout);

    public static TypedSetting<TimeSpan> StopTimeout { get; } = new(
        "stop-timeout", "TIME", "How long a server that stops waits for what its clients have asked.", TimeToAnHour(),
        Standard.StopTimeout);

    public static TypedSetting<TimeSpan> DrainTimeout { get; } = new(
        "drain-timeout", "TIME", "How long a server that stops lets transactions end that have started.",
        SettingKinds.Time(TimeSpan.Zero, TimeSpan.FromHours(1)), Standard.DrainTimeout);

    public static TypedSetting<bool> RateLimit { get; } = new(
        "rate-limit", "BOOL", "Let fewer transactions start when storage cannot follow.", SettingKinds.Switch,
        Standard.HasRateLimit);

    public static TypedSetting<TimeSpan> FollowerAwayMax { get; } = new(
        "follower-away-max", "TIME", "How long the log is kept for a `backup follow` that is not connected.",
        SettingKinds.Time(TimeSpan.Zero, TimeSpan.FromDays(7)), Standard.Followers.AwayMax);

    public static TypedSetting<long> FollowerLogMax { get; } = new(
        "follower-log-max", "SIZE", "How much log is kept for a `backup follow` that is not connected.",
        SettingKinds.Bytes(0), Standard.Followers.LogBytesMax);

    public static TypedSetting<long> MemoryBudget { get; } = new(
        "memory-budget", "SIZE", "Memory for MemTables and cached blocks.", SettingKinds.Bytes(16 << 20), 0,
        "a share of the machine's or the container's memory");

    public static IReadOnlyList<Setting> All { get; } =
    [
        Data, Listen, ClusterFile, Insecure, ConnectionsMax, HandshakeTimeout, IdleTimeout, StopTimeout, DrainTimeout,
        RateLimit, FollowerAwayMax, FollowerLogMax, MemoryBudget, .. OperationsSettings.All, .. SecuritySettings.All,
    ];

    private static SettingKind<TimeSpan> TimeToAnHour() =>
        SettingKinds.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
}
