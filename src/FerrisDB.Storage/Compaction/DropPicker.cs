namespace FerrisDB.Storage;

// A table may go without being read if a range tombstone at version R hides all of it from every reader:
//
//     floor      R <= floor                  no reader below R is allowed any more, except snapshots
//     table      R > its newest version      R hides every entry
//     snapshots  none in [oldest, R)         no snapshot sees an entry that R hides
//
// The tombstone itself stays where it is. It goes on hiding what lies below the table, also what the table's own
// tombstones hid: those are older than R.

/// <summary>Finds tables that range tombstones hide whole.</summary>
internal static class DropPicker
{
    public static CompactionPlan? Pick(
        TableSet tables,
        PlanBuilder builder,
        ReadOnlySpan<long> boundaries,
        Func<TableHandle, RangeTombstoneSet>? rangeTombstones)
    {
        if (rangeTombstones is null || boundaries.IsEmpty)
            return null;
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            foreach (var table in tables.Level(level))
            {
                // A table whose tombstones are all above the floor hides nothing from all readers yet.
                if (table.Metadata.RangeTombstoneCount == 0 || table.Metadata.OldestVersion > boundaries[^1])
                    continue;
                if (PickBelow(tables, level, rangeTombstones(table), table, builder, boundaries) is { } plan)
                    return plan;
            }
        }
        return null;
    }

    /// <summary>
    /// True if fragments without a gap between them hide all of <paramref name="table"/> from every reader.
    /// </summary>
    public static bool Hides(RangeTombstoneSet tombstones, TableMetadata table, ReadOnlySpan<long> boundaries)
    {
        var hiddenTo = table.Span.Begin;
        for (var index = tombstones.IndexAtOrBehind(hiddenTo); index < tombstones.FragmentCount; index++)
        {
            var fragment = tombstones[index];
            if (fragment.Begin.AsSpan().SequenceCompareTo(hiddenTo) > 0 || !Hides(fragment, table, boundaries))
                return false;
            hiddenTo = fragment.End;
            if (hiddenTo.AsSpan().SequenceCompareTo(table.Span.End) >= 0)
                return true;
        }
        return false;
    }

    private static CompactionPlan? PickBelow(
        TableSet tables,
        int firstLevel,
        RangeTombstoneSet tombstones,
        TableHandle source,
        PlanBuilder builder,
        ReadOnlySpan<long> boundaries)
    {
        for (var level = firstLevel; level < TableSet.LevelCount; level++)
        {
            var hidden = new List<TableHandle>();
            foreach (var table in tables.Level(level))
            {
                var isCandidate = table.Span.Overlaps(tombstones.Span) && !builder.IsBusy(table);
                if (isCandidate && Hides(tombstones, table.Metadata, boundaries))
                    hidden.Add(table);
            }
            if (hidden.Count == 0)
                continue;
            var reason = $"range tombstones of {source} hide {hidden.Count} whole";
            if (builder.TryDrop(level, [.. hidden], reason) is { } plan)
                return plan;
        }
        return null;
    }

    // Of the fragment's versions the oldest that hides the table has the fewest snapshots behind it.
    private static bool Hides(RangeTombstoneFragment fragment, TableMetadata table, ReadOnlySpan<long> boundaries)
    {
        var hiding = 0L;
        foreach (var version in fragment.Versions) // newest first
        {
            if (version <= table.NewestVersion)
                break;
            hiding = version;
        }
        if (hiding == 0 || hiding > boundaries[^1])
            return false;
        foreach (var boundary in boundaries)
        {
            if (boundary >= table.OldestVersion && boundary < hiding)
                return false;
        }
        return true;
    }
}
