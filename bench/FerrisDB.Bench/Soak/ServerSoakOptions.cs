namespace FerrisDB.Bench;

/// <summary>What one soak of a server does.</summary>
internal sealed record ServerSoakOptions
{
    /// <summary>How to reach it.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>Its process, to read its memory; 0 if it is elsewhere.</summary>
    public int ServerPid { get; init; }

    public double Minutes { get; init; } = 60;

    public double SampleSeconds { get; init; } = 10;

    public int Connections { get; init; } = 8;

    /// <summary>Transactions under way at once, of all connections.</summary>
    public int Outstanding { get; init; } = 64;

    public int Keys { get; init; } = 1_000_000;
}
