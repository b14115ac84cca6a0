namespace FerrisDB.Storage;

/// <summary>How much compaction is behind, as one number by which writers can be slowed down smoothly.</summary>
internal static class CompactionDebt
{
    /// <summary>
    /// Bytes that compactions must still read, until no level is beyond its target. What sinks from one level lands on
    /// the next and may push that beyond its own; each byte that sinks takes along what it overlaps, which is estimated
    /// by the ratio of the two levels.
    /// </summary>
    public static long EstimateBytes(TableSet tables, StorageOptions options)
    {
        var targets = new LevelTargets(tables, options);
        var debt = 0.0;
        var sinking = 0.0;
        if (targets.Score(0, NoTables) >= 1)
        {
            sinking = tables.LevelSizeBytes(0);
            debt = sinking + tables.LevelSizeBytes(targets.OutputLevelOf(0));
        }
        for (var level = 1; level < TableSet.BottomLevel; level++)
        {
            // What sinks passes over the empty levels above the base level.
            var bytes = tables.LevelSizeBytes(level) + sinking;
            if (tables.Level(level).IsEmpty && level < targets.BaseLevel)
                continue;
            var excess = Math.Max(0, bytes - targets.TargetBytes(level));
            if (excess > 0)
                debt += excess * (1 + (tables.LevelSizeBytes(targets.OutputLevelOf(level)) / bytes));
            sinking = excess;
        }
        return (long)debt;
    }

    private static readonly HashSet<TableHandle> NoTables = [];
}
