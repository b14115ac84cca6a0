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

    /// <summary>Transactions a second that it is asked for; 0 is all that it can do.</summary>
    public double Rate { get; init; }

    /// <summary>
    /// What is seen before is not judged: code is compiled, MemTables fill. At most a quarter of the run.
    /// </summary>
    public double WarmUpMinutes { get; init; } = 10;
}
