namespace FerrisDB.Storage;

// Tables of L0 may overlap, so a table may sink only together with (or after) every older one that shares a key with
// it, or old data would come to lie above new. So the unit is a group of tables that are connected by shared keys:
//
//     L0       [a....f]       [m..p]         group 1: a-h     group 2: m-r
//                 [d...h]        [o..r]
//     base   [a...e][g......k.......n][p..s]
//
// Two groups that share a table of the base level, as [g..n] here, are compacted together, or it would be rewritten
// twice. Groups that share none are independent: they may run at once, and none rewrites what lies between them.

/// <summary>Chooses which tables of L0 sink.</summary>
internal static class L0Picker
{
    public static CompactionPlan? Pick(TableSet tables, LevelTargets targets, PlanBuilder builder)
    {
        var idle = new List<TableHandle>();
        foreach (var table in tables.Level(0))
        {
            // What overlaps a busy table is older or newer than it; the plan for it is refused as a conflict.
            if (!builder.IsBusy(table))
                idle.Add(table);
        }
        var outputLevel = targets.OutputLevelOf(0);
        return PickMove(tables, [.. idle], outputLevel, builder) ?? PickMerge(tables, [.. idle], outputLevel, builder);
    }

    /// <summary>
    /// The tables that overlap <paramref name="range"/> and all that must go with them, newest first. A null range is
    /// everything.
    /// </summary>
    public static TableHandle[] Overlapping(TableSet tables, KeyRange? range)
    {
        var all = tables.Level(0).ToArray();
        var chosen = Groups(all)
            .Where(group => range is null || group.Exists(table => table.Span.Overlaps(range.Value)))
            .SelectMany(group => group)
            .ToHashSet();
        return [.. all.Where(chosen.Contains)];
    }

    /// <summary>True if any two of the tables share a key.</summary>
    public static bool OverlapEachOther(TableHandle[] inputs) => Groups(inputs).Count < inputs.Length;

    // Keys that are written in order leave tables side by side with nothing below: all of those move at once.
    private static CompactionPlan? PickMove(TableSet tables, TableHandle[] idle, int outputLevel, PlanBuilder builder)
    {
        var alone = Groups(idle)
            .Where(group => group.Count == 1 && !OverlapsAny(tables, outputLevel, group[0].Span))
            .Select(group => group[0])
            .ToHashSet();
        if (alone.Count == 0)
            return null;
        var inputs = idle.Where(alone.Contains).ToArray();
        var plan = builder.TrySink(0, inputs, $"{Count(inputs)} of L0 over nothing", mayMove: true);
        return plan is { IsTrivialMove: true } ? plan : null;
    }

    // The largest bundle first: it takes most tables out of the way of reads.
    private static CompactionPlan? PickMerge(TableSet tables, TableHandle[] idle, int outputLevel, PlanBuilder builder)
    {
        foreach (var bundle in Bundles(tables, idle, outputLevel).OrderByDescending(bundle => bundle.Count))
        {
            var inputs = idle.Where(bundle.Contains).ToArray();
            if (builder.TrySink(0, inputs, $"{Count(inputs)} of L0", mayMove: true) is { } plan)
                return plan;
        }
        return null;
    }

    // Groups that share a table of the output level, joined.
    private static List<HashSet<TableHandle>> Bundles(TableSet tables, TableHandle[] idle, int outputLevel)
    {
        var bundles = new List<HashSet<TableHandle>>();
        TableHandle? lastBelow = null;
        foreach (var group in Groups(idle))
        {
            var span = PlanBuilder.Hull([.. group]);
            var below = tables.Overlapping(outputLevel, span.Begin, span.End);
            if (below.IsEmpty || below[0] != lastBelow)
                bundles.Add([]);
            bundles[^1].UnionWith(group);
            lastBelow = below.IsEmpty ? null : below[^1];
        }
        return bundles;
    }

    // Tables that are connected by shared keys; in the order of keys.
    private static List<List<TableHandle>> Groups(TableHandle[] tables)
    {
        var groups = new List<List<TableHandle>>();
        byte[] end = [];
        foreach (var table in tables.OrderBy(table => table.Span.Begin, KeyOrder))
        {
            if (groups.Count == 0 || table.Span.Begin.AsSpan().SequenceCompareTo(end) >= 0)
                groups.Add([]);
            groups[^1].Add(table);
            if (table.Span.End.AsSpan().SequenceCompareTo(end) > 0)
                end = table.Span.End;
        }
        return groups;
    }

    private static bool OverlapsAny(TableSet tables, int level, KeyRange span) =>
        tables.OverlapsAny(level, span.Begin, span.End);

    private static string Count(TableHandle[] tables) => tables.Length == 1 ? "1 table" : $"{tables.Length} tables";

    private static readonly Comparer<byte[]> KeyOrder =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
}
