namespace FerrisDB.Bench;

/// <summary>Who is compared with whom.</summary>
internal static class Ratios
{
    /// <summary>The engine whose ratios the reports are about, if it took part.</summary>
    public const string Subject = "ferrisdb";

    /// <summary>The engine that is 1 in the plot, if it took part.</summary>
    public const string Baseline = "rocksdb";

    /// <summary>The subject's own engine, the ceiling of its transactions.</summary>
    public const string EngineAlone = "engine";

    /// <summary>The ceiling of the rows that wait for the disk.</summary>
    public const string RawLoop = "rawsync";

    /// <summary>The reference, the raw loop and the engine alone are yardsticks, not competitors.</summary>
    public static bool Competes(string engine) => engine is not ("reference" or RawLoop or EngineAlone);
}
