namespace FerrisDB.Storage;

/// <summary>Merges tables that overlap in any way into new ones of the bottom level.</summary>
/// <remarks>
/// Nothing is dropped but entries that have the same key and version twice. Tables whose keys are disjoint are read one
/// behind the other, so that few are open at a time.
/// </remarks>
internal sealed class RepairMerge : IDisposable
{
    private readonly RepairTableWriter _output;
    private readonly BlockCache _blocks;
    private readonly TableCache _tableCache;
    private readonly List<TableHandle> _tables;
    private readonly List<TableMetadata> _written = [];
    private byte[] _lower = [];

    public RepairMerge(
        IFileSystem files, string folder, StorageOptions options, IEnumerable<TableMetadata> tables,
        RepairTableWriter output)
    {
        _output = output;
        _blocks = new BlockCache(options.EffectiveBlockCacheBytes);
        _tableCache = new TableCache(files, folder, _blocks, options.OpenTablesMax);
        _tables = [.. tables
            .Select(table => new TableHandle(table, null))
            .OrderBy(table => table.Span.Begin, Comparer<byte[]>.Create((left, right) =>
                left.AsSpan().SequenceCompareTo(right)))];
    }

    /// <summary>
    /// Returns the new tables; they are durable. Tells how many bytes were read, about, now and then.
    /// </summary>
    public async ValueTask<IReadOnlyList<TableMetadata>> RunAsync(Action<long>? onBytes)
    {
        var rangeTombstones = CollectRangeTombstones();
        using var merge = OpenInputs();
        byte[] lastKey = [];
        var lastVersion = -1L;
        for (var isValid = merge.SeekToFirst(); isValid; isValid = merge.Next())
        {
            var isNewKey = lastVersion < 0 || !merge.Key.SequenceEqual(lastKey);
            if (!isNewKey && merge.Tag.Version == lastVersion)
                continue;
            if (isNewKey)
                lastKey = merge.Key.ToArray();
            lastVersion = merge.Tag.Version;
            if (isNewKey && _output.IsFull)
                await EndTableAsync(rangeTombstones, lastKey);
            if (!_output.IsOpen)
                _output.Begin(TableSet.BottomLevel);
            _output.Add(merge.Key, merge.Tag, merge.Value);
            if (!_output.ShouldWrite)
                continue;
            onBytes?.Invoke(1 << 20);
            await _output.WritePendingAsync();
        }
        await EndTableAsync(rangeTombstones, next: null);
        return _written;
    }

    public void Dispose() => EngineOpening.FreeCaches(_tableCache, _blocks);

    // A range tombstone is cut where one table ends and the next begins, so that they stay disjoint.
    private async ValueTask EndTableAsync(RangeTombstoneSet rangeTombstones, byte[]? next)
    {
        var end = next ?? rangeTombstones.Span.End;
        var clipped = rangeTombstones.IsEmpty || _lower.AsSpan().SequenceCompareTo(end) >= 0
            ? RangeTombstoneSet.Empty
            : rangeTombstones.Clip(new KeyRange(_lower, end));
        if (!_output.IsOpen && clipped.IsEmpty)
            return;
        if (!_output.IsOpen)
            _output.Begin(TableSet.BottomLevel);
        _written.Add(await _output.FinishAsync(clipped));
        _lower = next ?? _lower;
    }

    private MergingCursor OpenInputs()
    {
        var runs = new List<List<TableHandle>>();
        foreach (var table in _tables)
        {
            var run = runs.Find(candidate =>
                candidate[^1].Span.End.AsSpan().SequenceCompareTo(table.Span.Begin) <= 0);
            if (run is null)
                runs.Add([table]);
            else
                run.Add(table);
        }
        var merge = new MergingCursor();
        for (var number = 0; number < runs.Count; number++)
        {
            var level = new TableLevel(TableSet.BottomLevel, [.. runs[number]]); // which one does not matter
            merge.Add(new LevelCursor().Over(level, _tableCache), number);
        }
        return merge;
    }

    private RangeTombstoneSet CollectRangeTombstones()
    {
        using var epoch = Epochs.Enter();
        return RangeTombstoneSet.Build(_tables
            .Where(table => table.Metadata.RangeTombstoneCount > 0)
            .SelectMany(table => _tableCache.Get(table).RangeTombstones.Flatten()));
    }
}
