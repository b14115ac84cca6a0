using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>Measures what gets cost, by looking closely at a few of them.</summary>
/// <remarks>
/// One of <see cref="Interval"/> gets of each thread is walked through once more beforehand, and what it is about to
/// touch is counted. All others pay for one decrement of a number of their thread.
/// </remarks>
internal sealed class ReadSampler
{
    public const int Interval = 256;

    [ThreadStatic]
    private static int _getsUntilSample;

    // Interlocked: once a sample.
    private long _gets;
    private long _memTables;
    private long _tables;
    private long _blocks;
    private long _missedBlocks;

    public ReadStatistics Statistics => new(
        Volatile.Read(ref _gets), Volatile.Read(ref _tables), Volatile.Read(ref _blocks),
        Volatile.Read(ref _missedBlocks))
    {
        MemTables = Volatile.Read(ref _memTables),
    };

    /// <summary>Call inside an epoch, before each get.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(ReadView view, TableCache tables, ReadOnlySpan<byte> key, long version)
    {
        if (--_getsUntilSample < 0)
            Sample(view, tables, key, version);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Sample(ReadView view, TableCache tables, ReadOnlySpan<byte> key, long version)
    {
        _getsUntilSample = Interval - 1;
        Interlocked.Increment(ref _gets);
        if (IsIn(view.Active, key, version))
            return;
        foreach (var memTable in view.Sealed)
        {
            if (IsIn(memTable, key, version))
                return;
        }
        var hash = KeyHash.Of(key);
        foreach (var table in view.Tables.Level(0))
        {
            if (table.Span.Contains(key) && Touch(table, tables, key, hash, version))
                return;
        }
        for (var level = 1; level < TableSet.LevelCount; level++)
        {
            if (view.Tables.Find(level, key) is { } table && Touch(table, tables, key, hash, version))
                return;
        }
    }

    private bool IsIn(MemTable memTable, ReadOnlySpan<byte> key, long version)
    {
        Interlocked.Increment(ref _memTables);
        return memTable.TryGet(key, version, out _, out _) || memTable.RangeTombstones.NewestCovering(key, version) > 0;
    }

    // Returns true if the get ends here.
    private bool Touch(TableHandle table, TableCache tables, ReadOnlySpan<byte> key, ulong hash, long version)
    {
        Interlocked.Increment(ref _tables);
        var reader = tables.Get(table);
        if (reader.NeedsBlock(key, hash, version, out var isCached))
        {
            Interlocked.Increment(ref _blocks);
            if (!isCached)
                Interlocked.Increment(ref _missedBlocks);
            if (reader.TryGet(key, hash, version, out _, out _))
                return true;
        }
        return reader.RangeTombstones.NewestCovering(key, version) > 0;
    }
}
