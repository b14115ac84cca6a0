namespace FerrisDB.Storage;

/// <summary>
/// Turns a sorted stream of entries into tables: opens one, fills it, ends it at a key's end when it is large enough.
/// What flush and compaction have in common.
/// </summary>
/// <remarks>
/// A range tombstone is cut at the ends of tables, so that the tables of a level stay disjoint: each table takes what
/// lies between the first key of its own (for the first table: everything before) and the first key of the next.
/// </remarks>
internal sealed class TableOutput : IDisposable
{
    private const int WriteBytes = 1 << 20;

    private readonly LsmTree _tree;
    private readonly SSTableWriterOptions _options;
    private readonly RangeTombstoneSet _rangeTombstones;
    private readonly long _tableSizeBytes;
    private readonly List<TableMetadata> _tables = [];
    private readonly BlobOutput _blobs;

    private SSTableWriter? _writer;
    private IFile? _file;
    private long _fileNumber;
    private long _olderVersionCount;
    private byte[] _lower = [];

    /// <param name="tree">Whose tables they are.</param>
    /// <param name="level">Where they will lie.</param>
    /// <param name="rangeTombstones">All of them, to be cut.</param>
    /// <param name="tableSizeBytes">About how large a table may become.</param>
    /// <param name="sources">The blobs that the entries refer to; some may have to be emptied.</param>
    public TableOutput(
        LsmTree tree, int level, RangeTombstoneSet rangeTombstones, long tableSizeBytes, BlobSet? sources = null)
    {
        _tree = tree;
        _blobs = new BlobOutput(tree, sources);
        _rangeTombstones = rangeTombstones;
        _tableSizeBytes = tableSizeBytes;
        _options = SSTableWriterOptions.From(tree.Options, level, tree.View.Tables.SizeBytes);
    }

    /// <summary>The finished tables, in key order. Their files are synced; the folder is not.</summary>
    public IReadOnlyList<TableMetadata> Tables => _tables;

    /// <summary>The blobs that the tables refer to, and that they alone do. Their files are synced too.</summary>
    public BlobOutput Blobs => _blobs;

    /// <summary>Bytes of the finished tables and blobs.</summary>
    public long SizeBytes => _tables.Sum(table => table.SizeBytes) + _blobs.Blobs.Sum(blob => blob.SizeBytes);

    /// <summary>True if <see cref="WritePendingAsync"/> should be awaited before more is added.</summary>
    public bool ShouldWrite => _blobs.ShouldWrite || (_writer is not null && _writer.PendingBytes >= WriteBytes);

    /// <summary>
    /// True if the table is large enough: end it with <see cref="EndTableAsync"/> before the next new key.
    /// </summary>
    public bool IsFull => _writer is not null && _writer.EstimatedSizeBytes >= _tableSizeBytes;

    /// <param name="key">In ascending order of internal keys.</param>
    /// <param name="tag">Version and kind.</param>
    /// <param name="value">The value.</param>
    /// <param name="isOlderVersion">The entry before is a newer one of the same key.</param>
    public void Add(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value, bool isOlderVersion)
    {
        if (_writer is null)
            Begin();
        _olderVersionCount += isOlderVersion ? 1 : 0;
        _blobs.Move(key, ref tag, ref value);
        _writer!.Add(key, tag, value);
    }

    public async ValueTask WritePendingAsync()
    {
        long bytes = _writer!.PendingBytes;
        await _writer.WritePendingAsync();
        bytes += await _blobs.WritePendingAsync();
        await _tree.CompactionRate.PayAsync(bytes);
    }

    /// <summary>
    /// Ends the current table; <paramref name="next"/> is the first key of the table after it, or null behind the last
    /// one. Range tombstones behind the last point still make a table of their own.
    /// </summary>
    public async ValueTask EndTableAsync(byte[]? next)
    {
        if (next is null)
            await _blobs.FinishAsync();
        var rangeTombstones = ClipRangeTombstones(next);
        if (!rangeTombstones.IsEmpty && _writer is null)
            Begin();
        if (_writer is null)
            return;
        if (!rangeTombstones.IsEmpty)
            _writer.AddRangeTombstones(rangeTombstones);
        var table = await _writer.FinishAsync(_fileNumber);
        _tables.Add(table with { OlderVersionCount = _olderVersionCount });
        _olderVersionCount = 0;
        _writer.Dispose();
        _writer = null;
        _file!.Dispose();
        _file = null;
        _lower = next ?? _lower;
    }

    /// <summary>Abandons a table that is not finished; its file is removed when the folder is next opened.</summary>
    public void Dispose()
    {
        _blobs.Dispose();
        _writer?.Dispose();
        _writer = null;
        _file?.Dispose();
        _file = null;
    }

    private RangeTombstoneSet ClipRangeTombstones(byte[]? next)
    {
        if (_rangeTombstones.IsEmpty)
            return RangeTombstoneSet.Empty;
        var end = next ?? _rangeTombstones.Span.End;
        return _lower.AsSpan().SequenceCompareTo(end) >= 0
            ? RangeTombstoneSet.Empty
            : _rangeTombstones.Clip(new KeyRange(_lower, end));
    }

    private void Begin()
    {
        _fileNumber = _tree.NextFileNumber();
        _file = _tree.Files.Create(_tree.PathOf(FileNames.Table(_fileNumber)));
        _writer = new SSTableWriter(_file, _options);
    }
}
