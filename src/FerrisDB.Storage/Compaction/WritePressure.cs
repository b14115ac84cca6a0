namespace FerrisDB.Storage;

// Three things slow writers down, each over a span from "not yet" to "as much as can be":
//
//     what is behind         from                              to
//     L0 tables              L0SlowdownTables                  L0StopTables (where writers stop)
//     bytes to be compacted  CompactionDebtSlowdownBytes       CompactionDebtLimitBytes
//     MemTables              all places for sealed ones taken, the same, and the active one full (where writers stop)
//                            and the active one half full
//
// Over the span the allowed rate falls from 64 to 1 MiB a second, halving at equal steps. So there is a rate at which
// writers and what is behind keep pace, and it is found without knowing how fast the disk is: while writers are too
// fast the pressure grows and slows them down. They meet there, instead of alternating between full speed and a stop.

/// <summary>How fast writers may be, and what slows them down. Immutable.</summary>
internal sealed record WritePressure(WriteStallReason Reason, double BytesPerSecond)
{
    private const double FastestBytesPerSecond = 64 << 20;
    private const double Halvings = 6;
    private const double MemTableFillFrom = 0.5;

    /// <summary>Nothing slows writers down.</summary>
    public static readonly WritePressure None = new(WriteStallReason.None, double.PositiveInfinity);

    /// <summary>What the tables ask for.</summary>
    /// <param name="l0Count">Tables of L0.</param>
    /// <param name="debtBytes">By <see cref="CompactionDebt"/>.</param>
    /// <param name="options">The bounds.</param>
    public static WritePressure OfTables(int l0Count, long debtBytes, StorageOptions options) => SlowestOf(
        Between(WriteStallReason.L0Tables, l0Count, options.L0SlowdownTables, options.L0StopTables),
        Between(
            WriteStallReason.CompactionDebt, debtBytes,
            options.CompactionDebtSlowdownBytes, options.CompactionDebtLimitBytes));

    /// <summary>What the MemTables ask for when the sealed ones have taken all places.</summary>
    /// <param name="fill">The share of the active one that is used, 0 to 1.</param>
    public static WritePressure OfFullMemTables(double fill) =>
        Between(WriteStallReason.SealedMemTables, fill, MemTableFillFrom, 1);

    public static WritePressure SlowestOf(WritePressure left, WritePressure right) =>
        right.BytesPerSecond < left.BytesPerSecond ? right : left;

    private static WritePressure Between(WriteStallReason reason, double value, double from, double to)
    {
        if (value < from)
            return None;
        var behind = Math.Min(1, (value - from) / (to - from));
        return new WritePressure(reason, FastestBytesPerSecond * Math.Pow(2, -Halvings * behind));
    }
}
