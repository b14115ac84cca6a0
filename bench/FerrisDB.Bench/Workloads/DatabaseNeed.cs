namespace FerrisDB.Bench;

/// <summary>What a workload finds when it starts.</summary>
internal enum DatabaseNeed
{
    /// <summary>An empty folder.</summary>
    Empty,

    /// <summary>
    /// All entries, loaded once per engine and settled; the folder serves every such cell, which do not write.
    /// </summary>
    Loaded,

    /// <summary>A copy of the loaded folder, thrown away afterwards.</summary>
    LoadedCopy,
}
