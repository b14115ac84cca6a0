using System.Net;

namespace FerrisDB.Server;

/// <summary>What a server is told when it begins.</summary>
internal sealed record ServerOptions
{
    /// <summary>The port of FoundationDB.</summary>
    public const int DefaultPort = 4500;

    /// <summary>Where it listens; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

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

    /// <summary>Tells the time of connections.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Refuses what would be open to everybody.</summary>
    public void Validate()
    {
        if (IPAddress.IsLoopback(Listen.Address) || IsInsecureAllowed)
            return;
        throw new FerrisException(
            ErrorCode.InvalidOptionValue,
            $"{Listen} can be reached from other machines, and connections are not encrypted. Listen to 127.0.0.1, or "
                + "say --insecure if the network is yours.");
    }
}
