namespace FerrisDB.Bench;

/// <summary>What a soak of a server saw in one stretch of time.</summary>
internal sealed record ServerSoakSample
{
    /// <summary>When it ended, from the beginning of the run.</summary>
    public required double Seconds { get; init; }

    /// <summary>Transactions a second.</summary>
    public required double TransactionsPerSecond { get; init; }

    public required double P50Us { get; init; }

    public required double P99Us { get; init; }

    public required double P999Us { get; init; }

    public required double MaxUs { get; init; }

    /// <summary>Anonymous memory of the server; 0 if it is not on this machine.</summary>
    public required long ServerBytes { get; init; }

    /// <summary>Of it cached blocks, by the server's account: they fill up to the memory budget.</summary>
    public required long ServerCacheBytes { get; init; }

    /// <summary>Why it limited its clients; empty if it did not.</summary>
    public required string LimitedBy { get; init; }

    /// <summary>Anonymous memory of this process, the clients.</summary>
    public required long ClientBytes { get; init; }
}
