namespace FerrisDB.Bench;

/// <summary>What a soak saw in one stretch of time.</summary>
internal sealed record SoakSample
{
    /// <summary>When it ended, from the beginning of the run.</summary>
    public required double Seconds { get; init; }

    /// <summary>Operations a second, those that no stamp was taken of included.</summary>
    public required double OperationsPerSecond { get; init; }

    public required double P50Us { get; init; }

    public required double P999Us { get; init; }

    public required double MaxUs { get; init; }

    /// <summary>
    /// Bytes of all data for each byte that is needed, by the engine's account; 0 if it gives none.
    /// </summary>
    public required double SpaceAmplification { get; init; }

    public required long DiskBytes { get; init; }

    public required long LogBytes { get; init; }

    public required long AnonymousBytes { get; init; }

    /// <summary>The longest that the engine has held up one write since it was opened.</summary>
    public required double LongestDelayMs { get; init; }

    /// <summary>The longest that a thread which only sleeps was kept from waking, since the run began.</summary>
    public required double IdleGapMs { get; init; }
}
