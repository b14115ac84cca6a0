namespace FerrisDB.Bench;

/// <summary>What an acknowledged write survives.</summary>
internal enum BenchDurability
{
    /// <summary>Power loss: acknowledged after an fsync.</summary>
    Sync,

    /// <summary>A kill of the process, not a power cut.</summary>
    Process,

    /// <summary>Nothing in particular: the cheapest way the engine has.</summary>
    None,
}
