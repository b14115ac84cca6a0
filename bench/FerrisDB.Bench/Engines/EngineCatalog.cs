namespace FerrisDB.Bench;

/// <summary>The engines that a benchmark program knows by name.</summary>
internal sealed class EngineCatalog(IReadOnlyList<EngineDescription> engines)
{
    /// <summary>What needs no package: FerrisDB and the two that check it.</summary>
    public static IReadOnlyList<EngineDescription> BuiltIn { get; } =
    [
        FerrisEngine.Description,
        FerrisEngine.Alone,
        ReferenceEngine.Description,
        RawSyncLoop.Description,
    ];

    public IReadOnlyList<EngineDescription> All => engines;

    public EngineDescription this[string name] => engines.FirstOrDefault(engine => engine.Name == name)
        ?? throw new ArgumentException(
            $"unknown engine '{name}'; there are {string.Join(", ", engines.Select(engine => engine.Name))}");
}
