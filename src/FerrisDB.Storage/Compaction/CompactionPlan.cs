namespace FerrisDB.Storage;

/// <summary>One compaction that should be done: which tables, where to, and why.</summary>
internal sealed class CompactionPlan
{
    /// <summary>The level whose tables sink.</summary>
    public required int Level { get; init; }

    /// <summary>
    /// The level that the new tables belong to; <see cref="Level"/> itself if they are rewritten or dropped.
    /// </summary>
    public required int OutputLevel { get; init; }

    /// <summary>The tables of <see cref="Level"/>: newest first if that is L0, else by key.</summary>
    public required TableHandle[] Inputs { get; init; }

    /// <summary>The tables of <see cref="OutputLevel"/> that share keys with the range, by key.</summary>
    public TableHandle[] Overlapped { get; init; } = [];

    /// <summary>From the first key of any table to the end of the last: all that is written lies in it.</summary>
    public required KeyRange Range { get; init; }

    /// <summary>
    /// True if no level below the output holds any key of the range, so that a tombstone that every reader can see
    /// hides nothing and may go.
    /// </summary>
    public required bool IsBottom { get; init; }

    /// <summary>True if the tables only change their level: no file is read or written.</summary>
    public bool IsTrivialMove { get; init; }

    /// <summary>True if a range tombstone hides all that the tables hold from every reader: they just go.</summary>
    public bool DropsWithoutReading { get; init; }

    /// <summary>Why this one, in words, for events and metrics.</summary>
    public required string Reason { get; init; }

    /// <summary>Inputs and overlapped tables together.</summary>
    public IEnumerable<TableHandle> Tables => Inputs.Concat(Overlapped);

    public long SizeBytes => Tables.Sum(table => table.Metadata.SizeBytes);

    /// <summary>
    /// True if the two must not run at once: they share a table, or one could move newer data past older data of the
    /// same keys, or both could write tables of one level that overlap.
    /// </summary>
    public bool ConflictsWith(CompactionPlan other)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.CompactionsCross)
            return Tables.Intersect(other.Tables).Any();
#endif
        return (MayCross(other) && Range.Overlaps(other.Range)) || Tables.Intersect(other.Tables).Any();
    }

    // Plans meet between their levels, or where both write. Tables of L0 overlap without being shared, so even one that
    // is about to be dropped must not see newer data sink past it.
    private bool MayCross(CompactionPlan other)
    {
        if (Level == 0 && other.Level == 0)
            return true;
        if (DropsWithoutReading || other.DropsWithoutReading)
            return false;
        return OutputLevel == other.OutputLevel
            || Math.Max(Level, other.Level) < Math.Min(OutputLevel, other.OutputLevel);
    }

    public override string ToString() => $"L{Level} -> L{OutputLevel}: {Reason}";
}
