namespace FerrisDB.Bench;

/// <summary>What a cell's process is for.</summary>
internal enum CellPhase
{
    /// <summary>Warm up, measure, settle, check.</summary>
    Measure,

    /// <summary>Load every entry and settle, leaving the folder for other cells.</summary>
    Load,

    /// <summary>Write and be killed.</summary>
    WriteUntilKilled,

    /// <summary>Open what a killed process left.</summary>
    Reopen,
}
