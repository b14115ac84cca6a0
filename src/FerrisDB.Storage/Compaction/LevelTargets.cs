namespace FerrisDB.Storage;

// How large each level should be. The largest level, in practice the bottom one, has the size that the data gives it;
// each level above it gets a tenth of the one below (LevelSizeMultiplier), until a level would be no larger than
// L1SizeBytes. That is the base level, into which L0 is compacted; the levels above it stay empty. For 300 GB:
//
//     L0   flushed MemTables
//     L1   -
//     L2   -
//     L3   300 MB    the base level: L0 goes here
//     L4   3 GB
//     L5   30 GB
//     L6   300 GB    nine tenths of everything
//
// So the tree is always as steep as the multiplier allows, however large it is: above the bottom there is at most a
// ninth of the data, which bounds the space that dead versions can take.

/// <summary>
/// The size that each level should have, given the tables that there are, and how far each is beyond it.
/// </summary>
internal sealed class LevelTargets
{
    private readonly TableSet _tables;
    private readonly StorageOptions _options;
    private readonly long[] _targets = new long[TableSet.LevelCount];

    public LevelTargets(TableSet tables, StorageOptions options)
    {
        _tables = tables;
        _options = options;
        var largest = 0L;
        for (var level = 1; level < TableSet.LevelCount; level++)
            largest = Math.Max(largest, tables.LevelSizeBytes(level));

        var target = largest;
        BaseLevel = TableSet.BottomLevel;
        _targets[BaseLevel] = Math.Max(target, options.L1SizeBytes);
        while (BaseLevel > 1 && target > options.L1SizeBytes)
        {
            BaseLevel--;
            target /= options.LevelSizeMultiplier;
            // Not below L1SizeBytes, or a base level that has just come into being would be smaller than L0.
            _targets[BaseLevel] = Math.Max(target, options.L1SizeBytes);
        }
    }

    /// <summary>The highest level that should hold tables.</summary>
    public int BaseLevel { get; }

    /// <summary>Bytes that a level should have at most; 0 above the base level.</summary>
    public long TargetBytes(int level) => _targets[level];

    /// <summary>Where tables of a level go: the next level that should hold tables, or does.</summary>
    public int OutputLevelOf(int level)
    {
        var output = Math.Min(level + 1, TableSet.BottomLevel);
        while (output < BaseLevel && _tables.Level(output).IsEmpty)
            output++;
        return output;
    }

    /// <summary>How much a level needs compaction: from 1 on it does. The bottom has nowhere to go.</summary>
    /// <param name="level">The level.</param>
    /// <param name="leaving">Tables of the level that running compactions take away.</param>
    public double Score(int level, IReadOnlySet<TableHandle> leaving)
    {
        if (level == TableSet.BottomLevel)
            return 0;
        var (count, bytes) = Staying(level, leaving);
        if (count == 0)
            return 0;
        if (level == 0)
            return ScoreL0(count, bytes);
        // A level above the base level should be empty, but that is less urgent than one that is too large.
        return level < BaseLevel
            ? Math.Max(1.0, (double)bytes / _options.L1SizeBytes)
            : (double)bytes / _targets[level];
    }

    // Many tables cost reads, many bytes make a compaction long. One table alone is not worth it, whatever its size.
    private double ScoreL0(int count, long bytes)
    {
        var byCount = (double)count / _options.L0CompactionTrigger;
        return count < 2 ? byCount : Math.Max(byCount, (double)bytes / _options.L1SizeBytes);
    }

    private (int Count, long Bytes) Staying(int level, IReadOnlySet<TableHandle> leaving)
    {
        var (count, bytes) = (0, 0L);
        foreach (var table in _tables.Level(level))
        {
            if (leaving.Contains(table))
                continue;
            count++;
            bytes += table.Metadata.SizeBytes;
        }
        return (count, bytes);
    }
}
