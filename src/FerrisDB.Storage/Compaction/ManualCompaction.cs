namespace FerrisDB.Storage;

/// <summary>
/// A compaction that somebody asked for: sinks all keys of a range to the bottom and cleans up there, in steps of
/// bounded size. It passes each level once, from the top; what is written meanwhile need not sink.
/// </summary>
/// <param name="range">Null is everything.</param>
internal sealed class ManualCompaction(KeyRange? range)
{
    private const string Reason = "asked for";

    private CompactionPlan? _lastStep;
    private int _level;
    private byte[] _nextKey = range?.Begin ?? []; // where the next step on this level begins

    public KeyRange? Range { get; } = range;

    /// <summary>Moves on only if it returns a plan or finds nothing to do. One step waits for the one before.</summary>
    public CompactionPlan? PickStep(
        TableSet tables, PlanBuilder builder, ReadOnlySpan<long> boundaries, out bool mustWait)
    {
        mustWait = _lastStep is not null && builder.IsRunning(_lastStep);
        if (mustWait)
            return null;
        for (; _level < TableSet.LevelCount; GoTo(_level + 1))
        {
            var inputs = _level == 0 ? L0Picker.Overlapping(tables, Range) : NextOfLevel(tables, builder, boundaries);
            if (inputs.Length == 0)
                continue;
            var plan = _level == TableSet.BottomLevel
                ? builder.TryRewrite(_level, inputs, Reason)
                : builder.TrySink(_level, inputs, Reason, mayMove: true);
            _lastStep = plan;
            mustWait = plan is null;
            if (plan is not null && _level == 0)
                GoTo(1);
            else if (plan is not null)
                _nextKey = plan.Inputs[^1].Span.End;
            return plan;
        }
        return null;
    }

    private void GoTo(int level)
    {
        _level = level;
        _nextKey = Range?.Begin ?? [];
    }

    // The next tables of the range, up to a bounded size. At the bottom only those with something to clean up, without
    // a gap: a rewrite must not write across a table that it does not read.
    private TableHandle[] NextOfLevel(TableSet tables, PlanBuilder builder, ReadOnlySpan<long> boundaries)
    {
        var inputs = new List<TableHandle>();
        var bytes = 0L;
        foreach (var table in tables.Level(_level)[tables.IndexAtOrBehind(_level, _nextKey)..])
        {
            if (Range is { } range && !table.Span.Overlaps(range))
                break;
            var isWanted = _level < TableSet.BottomLevel
                || (Garbage.IsIn(table.Metadata) && Garbage.CanAllGo(table.Metadata, boundaries));
            var isFull = bytes + table.Metadata.SizeBytes > builder.WideBytes;
            if (inputs.Count > 0 && (!isWanted || isFull))
                break;
            if (!isWanted)
                continue;
            inputs.Add(table);
            bytes += table.Metadata.SizeBytes;
        }
        return [.. inputs];
    }
}
