namespace FerrisDB.Storage;

/// <summary>Completes a choice of tables to a plan that is safe, or refuses it.</summary>
internal sealed class PlanBuilder(
    TableSet tables, LevelTargets targets, StorageOptions options, IReadOnlyCollection<CompactionPlan> running)
{
    /// <summary>
    /// A compaction may hold this many tables' worth of bytes before it is not widened any more, and a table that is
    /// moved may overlap as much in the level below its new one, where a later compaction will have to rewrite it.
    /// </summary>
    private const int WideTables = 10;

    private readonly HashSet<TableHandle> _busy = [.. running.SelectMany(plan => plan.Tables)];

    private readonly HashSet<TableHandle> _leaving = [.. running.SelectMany(plan => plan.Inputs)];

    public IReadOnlySet<TableHandle> Leaving => _leaving;

    public long WideBytes => WideTables * options.TableSizeBytes;

    public bool IsBusy(TableHandle table) => _busy.Contains(table);

    public bool IsRunning(CompactionPlan plan) => running.Contains(plan);

    /// <summary>
    /// Sinks <paramref name="inputs"/> of a level, or returns null while running compactions are in the way.
    /// </summary>
    public CompactionPlan? TrySink(int level, TableHandle[] inputs, string reason, bool mayMove)
    {
        var outputLevel = targets.OutputLevelOf(level);
        var overlapped = Overlapping(outputLevel, Hull(inputs));
        if (level > 0)
            inputs = Widen(level, inputs, outputLevel, overlapped);
        var isMove = mayMove && CanMove(level, inputs, outputLevel);
        if (isMove)
            overlapped = []; // tables in the gaps between those that move stay as they are
        var range = Hull([.. inputs, .. overlapped]);
        return TryAccept(new CompactionPlan
        {
            Level = level,
            OutputLevel = outputLevel,
            Inputs = inputs,
            Overlapped = overlapped,
            Range = range,
            IsBottom = IsBottom(outputLevel, range),
            IsTrivialMove = isMove,
            Reason = reason,
        });
    }

    /// <summary>Rewrites tables in their own level, to be rid of what nobody can see.</summary>
    public CompactionPlan? TryRewrite(int level, TableHandle[] inputs, string reason) =>
        TryAccept(InPlace(level, inputs, reason, drops: false));

    /// <summary>Lets tables go that a range tombstone hides whole.</summary>
    public CompactionPlan? TryDrop(int level, TableHandle[] inputs, string reason) =>
        TryAccept(InPlace(level, inputs, reason, drops: true));

    /// <summary>The smallest range that holds all keys of the tables.</summary>
    public static KeyRange Hull(ReadOnlySpan<TableHandle> inputs)
    {
        var (begin, end) = (inputs[0].Span.Begin, inputs[0].Span.End);
        foreach (var table in inputs[1..])
        {
            if (table.Span.Begin.AsSpan().SequenceCompareTo(begin) < 0)
                begin = table.Span.Begin;
            if (table.Span.End.AsSpan().SequenceCompareTo(end) > 0)
                end = table.Span.End;
        }
        return new KeyRange(begin, end);
    }

    /// <summary>Bytes of a level's tables that share keys with a range.</summary>
    public long OverlappedBytes(int level, KeyRange range)
    {
        var bytes = 0L;
        foreach (var table in tables.Overlapping(level, range.Begin, range.End))
            bytes += table.Metadata.SizeBytes;
        return bytes;
    }

    private CompactionPlan InPlace(int level, TableHandle[] inputs, string reason, bool drops)
    {
        var range = Hull(inputs);
        return new CompactionPlan
        {
            Level = level,
            OutputLevel = level,
            Inputs = inputs,
            Range = range,
            IsBottom = IsBottom(level, range),
            DropsWithoutReading = drops,
            Reason = reason,
        };
    }

    private CompactionPlan? TryAccept(CompactionPlan plan)
    {
        foreach (var other in running)
        {
            if (plan.ConflictsWith(other))
                return null;
        }
        return plan;
    }

    // More tables of the level that cost nothing further to read below: they come along while it stays small.
    private TableHandle[] Widen(int level, TableHandle[] inputs, int outputLevel, TableHandle[] overlapped)
    {
        if (overlapped.Length == 0)
            return inputs;
        var wider = Overlapping(level, Hull(overlapped));
        if (wider.Length <= inputs.Length || wider.Any(_busy.Contains) || !inputs.All(wider.Contains))
            return inputs;
        var bytes = wider.Concat(overlapped).Sum(table => table.Metadata.SizeBytes);
        var reached = tables.Overlapping(outputLevel, Hull(wider).Begin, Hull(wider).End).Length;
        return bytes <= WideBytes && reached == overlapped.Length ? wider : inputs;
    }

    // A move keeps everything in the table as it is, so it must not be what a rewrite would be good for: another
    // compression, or dropping tombstones where they hide nothing. And it must not come to lie above so much that
    // sinking it again is dear.
    private bool CanMove(int level, TableHandle[] inputs, int outputLevel)
    {
        if (options.CompressionOf(level) != options.CompressionOf(outputLevel)
            || (level == 0 && L0Picker.OverlapEachOther(inputs)))
            return false;

        var overlappedBelow = 0L;
        foreach (var table in inputs)
        {
            if (tables.OverlapsAny(outputLevel, table.Span.Begin, table.Span.End))
                return false;
            if (Garbage.IsIn(table.Metadata) && IsBottom(outputLevel, table.Span))
                return false;
            if (outputLevel < TableSet.BottomLevel)
                overlappedBelow += OverlappedBytes(targets.OutputLevelOf(outputLevel), table.Span);
        }
        return overlappedBelow <= WideBytes;
    }

    private bool IsBottom(int level, KeyRange range)
    {
        for (var below = level + 1; below < TableSet.LevelCount; below++)
        {
            if (tables.OverlapsAny(below, range.Begin, range.End))
                return false;
        }
        return true;
    }

    private TableHandle[] Overlapping(int level, KeyRange range) =>
        tables.Overlapping(level, range.Begin, range.End).ToArray();
}
