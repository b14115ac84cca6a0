using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FerrisDB.Server;

/// <summary>What a server is told when it begins.</summary>
internal sealed record ServerOptions
{
    /// <summary>The port of FoundationDB.</summary>
    public const int DefaultPort = 4500;

    /// <summary>Where it listens; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>
    /// Connections are encrypted, with this certificate. Clients need one too, of these authorities, if some are named.
    /// </summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The file of access tokens; null: nobody is asked for one, and everybody may do everything.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Where it is told what admins do, and who was not let in; null is nowhere.</summary>
    public string? AuditFile { get; init; }

    /// <summary>It may listen to other machines although nothing is encrypted and nobody is asked who he is.</summary>
    public bool IsInsecureAllowed { get; init; }

    /// <summary>Connections at once, at most.</summary>
    public int ConnectionsMax { get; init; } = 1_000;

    /// <summary>How long a client may take to say who it is.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may be silent, or take to send one frame.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a server that stops waits for what its clients have asked.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a server that stops lets transactions end that have started.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Fewer transactions may start when storage cannot follow.</summary>
    public bool HasRateLimit { get; init; } = true;

    /// <summary>
    /// How much log is kept for somebody who keeps it in backups and whose connection is lost, and how long.
    /// </summary>
    public FollowerLimits Followers { get; init; } = FollowerLimits.Default;

    /// <summary>Tells the time of connections.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where it logs.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>From which level on; the loggers ask it too.</summary>
    public LogLevelSwitch LogLevel { get; init; } = new();

    /// <summary>Transactions that take so long are logged; zero logs none.</summary>
    public TimeSpan SlowTransaction { get; init; }

    /// <summary>Where metrics and health are to be had by HTTP; null if nowhere. Port 0 takes a free one.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>The collector that metrics and spans are sent to; null if to none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Of the traces that clients record, the share whose requests are sent there; from 0 to 1.</summary>
    public double TraceShare { get; init; } = 1;

    private bool KnowsClients => TokenFile is not null || Tls is { CaFile: not null } or { CaPem: not null };

    /// <summary>Refuses what would be open to everybody.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidOptionValue"/>.</exception>
    public void Validate()
    {
        if (IPAddress.IsLoopback(Listen.Address) || IsInsecureAllowed)
            return;
        if (Tls is null)
            throw Refusal("connections are not encrypted", "give --tls-cert and --tls-key (`ferrisdb tls create`)");
        if (!KnowsClients)
            throw Refusal("nobody is asked who he is", "give --tokens or --tls-ca");
    }

    private FerrisException Refusal(string problem, string cure) => new(
        ErrorCode.InvalidOptionValue,
        $"{Listen} can be reached from other machines, and {problem}. Listen to 127.0.0.1, or {cure}, or say "
            + "--insecure if the network is yours.");
}
