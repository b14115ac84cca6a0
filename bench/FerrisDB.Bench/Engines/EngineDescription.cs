namespace FerrisDB.Bench;

/// <summary>An engine that the benchmark can open.</summary>
/// <param name="Name">The name on the command line and in the reports.</param>
/// <param name="Open">Opens or creates the database in a folder that exists.</param>
internal sealed record EngineDescription(string Name, Func<string, EngineSettings, IBenchedEngine> Open)
{
    /// <summary>The version of the engine, for the report.</summary>
    public Func<string> Version { get; init; } = () => "";

    /// <summary>What a reader of the report should know about it: how it is configured, what it cannot do.</summary>
    public required string Notes { get; init; }

    /// <summary>
    /// Whether acknowledged writes are meant to outlive a killed process, so that counting lost ones makes sense.
    /// </summary>
    public bool OutlivesKill { get; init; } = true;

    /// <summary>Whether it is measured when no engines are named.</summary>
    public bool MeasuredByDefault { get; init; } = true;

    /// <summary>Workloads that make sense with it.</summary>
    public Func<Workload, bool> Runs { get; init; } = _ => true;
}
