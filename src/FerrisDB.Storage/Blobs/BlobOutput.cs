namespace FerrisDB.Storage;

/// <summary>
/// Moves large values out of the entries that flush and compaction write, into blobs of its own: those that come
/// inline, and those that lie in blobs which are to be emptied.
/// </summary>
/// <remarks>
/// What it returns for an entry is valid until the next. Its files count once the manifest names them; before, they are
/// leftovers.
/// </remarks>
internal sealed class BlobOutput(LsmTree tree, BlobSet? sources = null) : IDisposable
{
    private const int WriteBytes = 1 << 20;

    private readonly int _valueBytesMin =
        tree.Options.LargeValueBytesMin > 0 ? tree.Options.LargeValueBytesMin : int.MaxValue;

    private readonly HashSet<long> _collected = sources?.NumbersBelow(tree.Options.BlobLiveRatioMin) ?? [];
    private readonly List<BlobMetadata> _blobs = [];
    private readonly byte[] _encoded = new byte[BlobReference.SizeMax];
    private byte[] _buffer = [];
    private BlobWriter? _writer;
    private IFile? _file;

    /// <summary>The finished blobs. Their files are synced; the folder is not.</summary>
    public IReadOnlyList<BlobMetadata> Blobs => _blobs;

    /// <summary>Bytes of records that were moved out of other blobs.</summary>
    public long MovedBytes { get; private set; }

    /// <summary>True if <see cref="WritePendingAsync"/> should be awaited before more is added.</summary>
    public bool ShouldWrite => _writer is not null && _writer.PendingBytes >= WriteBytes;

    /// <summary>Puts a reference in place of the value, if that belongs into a blob of this output.</summary>
    public void Move(ReadOnlySpan<byte> key, ref EntryTag tag, ref ReadOnlySpan<byte> value)
    {
        if (tag.Kind == EntryKind.Value)
        {
            if (value.Length < _valueBytesMin)
                return;
            Begin();
            value = Encode(_writer!.Add(key, tag.Version, value));
            tag = new EntryTag(tag.Version, EntryKind.BlobReference);
        }
        else if (tag.Kind == EntryKind.BlobReference && _collected.Count > 0)
        {
            MoveOn(key, tag.Version, ref value);
        }
    }

    /// <summary>Writes what is in memory, and ends the file if it is large enough. Returns the bytes written.</summary>
    public async ValueTask<long> WritePendingAsync()
    {
        if (_writer is null)
            return 0;
        var bytes = _writer.PendingBytes;
        await _writer.WritePendingAsync();
        if (_writer.SizeBytes >= tree.Options.BlobSizeBytes)
            await FinishAsync();
        return bytes;
    }

    /// <summary>Ends the current file and makes it durable.</summary>
    public async ValueTask FinishAsync()
    {
        if (_writer is null)
            return;
        _blobs.Add(await _writer.FinishAsync());
        Dispose();
    }

    /// <summary>Abandons a file that is not finished; it is removed when the folder is next opened.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
        _file?.Dispose();
        _file = null;
    }

    // Everything else of that blob is garbage or will be moved by others; the last to do so lets the file go.
    private void MoveOn(ReadOnlySpan<byte> key, long version, ref ReadOnlySpan<byte> value)
    {
        var files = tree.TableCache.Blobs;
        var reference = files.ReferenceOf(key, value);
        if (!_collected.Contains(reference.FileNumber))
            return;
        if (_buffer.Length < reference.RecordSize)
            _buffer = new byte[Math.Max(reference.RecordSize, 2 * _buffer.Length)];
        Begin();
        var reader = files.Acquire(sources!, reference);
        try
        {
            value = Encode(_writer!.Add(reader.ReadRecord(reference, key, version, _buffer)));
        }
        finally
        {
            reader.Release();
        }
        MovedBytes += reference.RecordSize;
    }

    private ReadOnlySpan<byte> Encode(BlobReference reference) => _encoded.AsSpan(0, reference.WriteTo(_encoded));

    private void Begin()
    {
        if (_writer is not null)
            return;
        var number = tree.NextFileNumber();
        _file = tree.Files.Create(tree.PathOf(FileNames.Blob(number)));
        _writer = new BlobWriter(_file, number, tree.Options.CompressionOf(TableSet.BottomLevel));
    }
}
