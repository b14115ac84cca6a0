using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Compaction;

/// <summary>
/// A tree of tables that know their keys and nothing else, to count what the picker's choices cost: how often a byte is
/// written, and how much space the tree takes.
/// </summary>
internal sealed class CompactionCost(StorageOptions options)
{
    public const int EntryBytes = 32 << 10;

    private readonly Dictionary<long, int[]> _keys = [];
    private readonly HashSet<int> _live = [];
    private readonly CompactionPicker _picker = new(options);
    private TableSet _tables = new();
    private long _fileNumber;
    private long _flushedEntries;
    private long _mergedEntries;

    /// <summary>Entries written by flushes and compactions, for each that was flushed.</summary>
    public double WriteAmplification => (double)(_flushedEntries + _mergedEntries) / _flushedEntries;

    /// <summary>Entries in tables, for each key that exists; the worst that was seen after a compaction.</summary>
    public double SpaceAmplification { get; private set; }

    /// <summary>Flushes a MemTable of keys and compacts until nothing is left to do.</summary>
    public void Flush(IEnumerable<int> keys)
    {
        var sorted = keys.Distinct().Order().ToArray();
        _live.UnionWith(sorted);
        _flushedEntries += sorted.Length;
        Replace([], 0, [sorted]);
        SpaceAmplification = Math.Max(SpaceAmplification, (double)_tables.SizeBytes / EntryBytes / _live.Count);
        while (_picker.Pick(_tables, [], [long.MaxValue]) is { } plan)
            Compact(plan);
    }

    private void Compact(CompactionPlan plan)
    {
        var removed = plan.Inputs.Select(table => new TablePlace(plan.Level, table.FileNumber))
            .Concat(plan.Overlapped.Select(table => new TablePlace(plan.OutputLevel, table.FileNumber))).ToArray();
        if (plan.IsTrivialMove)
        {
            var moved = plan.Inputs.Select(table => new PlacedTable(plan.OutputLevel, table.Metadata));
            Apply(new ManifestEdit { RemovedTables = removed, AddedTables = [.. moved] });
            return;
        }
        var merged = plan.Tables.SelectMany(table => _keys[table.FileNumber]).ToArray();
        Array.Sort(merged);
        merged = [.. merged.Distinct()];
        _mergedEntries += merged.Length;
        Replace(removed, plan.OutputLevel, merged.Chunk((int)(options.TableSizeBytes / EntryBytes)));
    }

    private void Replace(TablePlace[] removed, int level, IEnumerable<int[]> outputs)
    {
        var added = new List<PlacedTable>();
        foreach (var output in outputs)
        {
            _keys.Add(++_fileNumber, output);
            var span = new KeyRange(KeyOf(output[0]), [.. KeyOf(output[^1]), 0]);
            added.Add(new PlacedTable(level, new TableMetadata(
                _fileNumber, (long)output.Length * EntryBytes, span, _fileNumber, _fileNumber, output.Length, 0, 0)));
        }
        Apply(new ManifestEdit { RemovedTables = removed, AddedTables = added });
    }

    private void Apply(ManifestEdit edit)
    {
        var old = _tables;
        _tables = old.Apply(edit, metadata => new TableHandle(metadata));
        foreach (var table in old.RemovedBy(edit))
            _keys.Remove(table.FileNumber);
        old.Release();
    }

    private static byte[] KeyOf(int key)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, key);
        return bytes;
    }
}
