namespace FerrisDB.Storage;

// What to compact next, most useful first:
//
//     1  tables that a range tombstone hides whole: they go without being read
//     2  the level that is furthest beyond its target (L0 by its count of tables); of that level the tables that cost
//        least to sink, which are those with the least below them. Where nothing is below them at all they are moved.
//     3  tables of which at least half is garbage: tombstones and versions that nobody can read any more
//     4  tables that keep a blob alive which is mostly garbage: BlobPicker
//
// A choice that is in the way of a running compaction is passed over for the next best, so that several run at once.

/// <summary>Chooses the next compaction. A pure function of the tables, the options and what runs already.</summary>
internal sealed class CompactionPicker(StorageOptions options)
{
    /// <summary>The most useful compaction that may start now, or null if there is none.</summary>
    /// <param name="tables">The tables that there are.</param>
    /// <param name="running">Compactions that run and whose result is not in <paramref name="tables"/> yet.</param>
    /// <param name="boundaries">The versions that are read: live snapshots, then the floor, ascending.</param>
    /// <param name="rangeTombstones">
    /// What a table with range tombstones has of them; asked for such tables alone. Null: no table is dropped unread.
    /// </param>
    public CompactionPlan? Pick(
        TableSet tables,
        IReadOnlyCollection<CompactionPlan> running,
        ReadOnlySpan<long> boundaries,
        Func<TableHandle, RangeTombstoneSet>? rangeTombstones = null)
    {
        var targets = new LevelTargets(tables, options);
        var builder = new PlanBuilder(tables, targets, options, running);
        return DropPicker.Pick(tables, builder, boundaries, rangeTombstones)
            ?? PickByScore(tables, targets, builder)
            ?? PickGarbage(tables, builder, boundaries)
            ?? BlobPicker.Pick(tables, builder, options);
    }

    /// <summary>
    /// The next step of a compaction that somebody asked for, or null: it is done, or (<paramref name="mustWait"/>)
    /// running compactions are in its way.
    /// </summary>
    public CompactionPlan? PickManual(
        TableSet tables,
        ManualCompaction manual,
        IReadOnlyCollection<CompactionPlan> running,
        ReadOnlySpan<long> boundaries,
        out bool mustWait)
    {
        var targets = new LevelTargets(tables, options);
        var builder = new PlanBuilder(tables, targets, options, running);
        return manual.PickStep(tables, builder, boundaries, out mustWait);
    }

    private static CompactionPlan? PickByScore(TableSet tables, LevelTargets targets, PlanBuilder builder)
    {
        Span<double> scores = stackalloc double[TableSet.LevelCount];
        for (var level = 0; level < scores.Length; level++)
            scores[level] = targets.Score(level, builder.Leaving);
        while (true)
        {
            var level = IndexOfLargest(scores);
            var score = scores[level];
            if (score < 1)
                return null;
            var plan = level == 0
                ? L0Picker.Pick(tables, targets, builder)
                : PickFromLevel(tables, level, targets, builder);
            if (plan is not null)
                return plan;
            scores[level] = 0;
        }
    }

    // Sinking a table rewrites what it overlaps below. Least of that for each byte that sinks is best, and a byte of
    // garbage that sinks counts twice.
    private static CompactionPlan? PickFromLevel(
        TableSet tables, int level, LevelTargets targets, PlanBuilder builder)
    {
        var outputLevel = targets.OutputLevelOf(level);
        var candidates = new List<(double Cost, TableHandle Table)>();
        foreach (var table in tables.Level(level))
        {
            if (!builder.IsBusy(table))
                candidates.Add((CostOf(table, builder.OverlappedBytes(outputLevel, table.Span)), table));
        }
        var reason = targets.BaseLevel > level
            ? $"L{level} lies above the base level L{targets.BaseLevel}"
            : $"L{level} has {ByteCount.Format(tables.LevelSizeBytes(level))} of "
                + $"{ByteCount.Format(targets.TargetBytes(level))}";
        foreach (var (_, table) in candidates.OrderBy(candidate => candidate.Cost)) // stable: ties go by key
        {
            if (builder.TrySink(level, [table], reason, mayMove: true) is { } plan)
                return plan;
        }
        return null;
    }

    private static double CostOf(TableHandle table, long overlappedBytes) =>
        overlappedBytes / (Math.Max(1, table.Metadata.SizeBytes) * (1 + Garbage.ShareOf(table.Metadata)));

    // Only where all of the garbage can go: every reader must be beyond the table. L0 is left to its count of tables,
    // or a workload of short-lived keys would compact after every flush.
    private static CompactionPlan? PickGarbage(TableSet tables, PlanBuilder builder, ReadOnlySpan<long> boundaries)
    {
        for (var level = 1; level < TableSet.LevelCount; level++)
        {
            foreach (var table in tables.Level(level))
            {
                var share = Garbage.ShareOf(table.Metadata);
                if (share < Garbage.ShareMin || builder.IsBusy(table) || !Garbage.CanAllGo(table.Metadata, boundaries))
                    continue;
                var reason = $"{share * 100:0} % of {table} is garbage";
                var plan = level == TableSet.BottomLevel
                    ? builder.TryRewrite(level, [table], reason)
                    : builder.TrySink(level, [table], reason, mayMove: false);
                if (plan is not null)
                    return plan;
            }
        }
        return null;
    }

    private static int IndexOfLargest(ReadOnlySpan<double> scores)
    {
        var largest = 0;
        for (var index = 1; index < scores.Length; index++)
        {
            if (scores[index] > scores[largest])
                largest = index;
        }
        return largest;
    }
}
