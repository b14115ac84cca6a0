using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>Writes a table (<see cref="SSTableFormat"/>) to a new file, from sorted entries.</summary>
/// <remarks>
/// For one thread at a time. What is added is kept in memory until <see cref="WritePendingAsync"/>; adding allocates
/// nothing once the buffers have grown.
/// </remarks>
internal sealed class SSTableWriter : IDisposable
{
    // Whole pages at page boundaries can go past the page cache.
    private const int WriteAlignment = 4096;

    private readonly IFile _file;
    private readonly SSTableWriterOptions _options;
    private readonly BlockWriter _data = new(hasFingerprints: true);
    private readonly IndexWriter _index;
    private readonly OutputBuffer _output = new(256 << 10);
    private readonly OutputBuffer _keyHashes = new(16 << 10);
    private readonly OutputBuffer _fence = new(256);
    private readonly BlobUseCounter _blobUses = new();
    private EntryTag _fenceTag;
    private byte[]? _firstKey;
    private ulong _lastHash;
    private long _writtenBytes;
    private RangeTombstoneSet _rangeTombstones = RangeTombstoneSet.Empty;
    private bool _isFinished;

    private long _entryCount;
    private long _tombstoneCount;
    private long _oldestVersion = long.MaxValue;
    private long _newestVersion;
    private long _rawKeyBytes;
    private long _rawValueBytes;
    private long _dataBlockCount;
    private long _dataBytes;

    public SSTableWriter(IFile file, SSTableWriterOptions options)
    {
        Invariant.That(options.BlockSizeBytes is > 0 and <= SSTableFormat.MaxEntryOffset + 1);
        _file = file;
        _options = options;
        _index = new IndexWriter(options);
    }

    /// <summary>Bytes in memory that <see cref="WritePendingAsync"/> would write.</summary>
    public int PendingBytes => _output.Length;

    /// <summary>About the size of the file if it were finished now.</summary>
    public long EstimatedSizeBytes =>
        Offset + _data.SizeBytes + _index.PendingBytes +
        (_keyHashes.Length / sizeof(ulong) * (long)_options.FilterBitsPerKey / 8) + SSTableFormat.FooterSize;

    public long EntryCount => _entryCount;

    private long Offset => _writtenBytes + _output.Length;

    /// <summary>Adds an entry behind the last one in the order of <see cref="InternalKey"/>.</summary>
    public void Add(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        var isNewKey = true;
        if (_entryCount > 0)
        {
            var order = _data.LastKey.SequenceCompareTo(key);
            Invariant.That(order < 0 || (order == 0 && _data.LastTag.CompareTo(tag) < 0));
            isNewKey = order != 0;
        }
        if (isNewKey)
            AddHash(KeyHash.Of(key));

        if (_data.EntryCount > 0 && !HasRoomFor(key, value))
            WriteDataBlock();
        if (_data.EntryCount == 0)
            BeginDataBlock(key, tag);
        _data.Add(key, tag, value, KeyHash.FingerprintOf(_lastHash));

        _entryCount++;
        _tombstoneCount += tag.Kind == EntryKind.Tombstone ? 1 : 0;
        _oldestVersion = Math.Min(_oldestVersion, tag.Version);
        _newestVersion = Math.Max(_newestVersion, tag.Version);
        _rawKeyBytes += key.Length;
        _rawValueBytes += value.Length;
        if (tag.Kind == EntryKind.BlobReference)
            CountBlobUse(value, isNewKey);
    }

    /// <summary>Sets the range tombstones of the table, once.</summary>
    public void AddRangeTombstones(RangeTombstoneSet rangeTombstones)
    {
        Invariant.That(_rangeTombstones.IsEmpty && !_isFinished);
        _rangeTombstones = rangeTombstones;
    }

    /// <summary>Writes what is in memory, up to the last page boundary. Nothing may be added meanwhile.</summary>
    public async ValueTask WritePendingAsync()
    {
        var bytes = _output.Length / WriteAlignment * WriteAlignment;
        if (bytes > 0)
            await WriteAsync(bytes);
    }

    /// <summary>Ends the table and makes it durable; what the manifest should know of it is returned.</summary>
    /// <param name="fileNumber">Becomes <see cref="TableMetadata.FileNumber"/>.</param>
    public async ValueTask<TableMetadata> FinishAsync(long fileNumber)
    {
        Invariant.That(!_isFinished && (_entryCount > 0 || !_rangeTombstones.IsEmpty));
        _isFinished = true;
        var properties = WriteTail();
        await WritePendingAsync();
        if (_output.Length > 0)
            await WriteAsync(_output.Length);
        await _file.SyncAsync();
        return new TableMetadata(
            fileNumber, _writtenBytes, properties.Span, properties.OldestVersion, properties.NewestVersion,
            properties.EntryCount, properties.TombstoneCount, properties.RangeTombstoneCount)
        {
            BlobUses = properties.BlobUses,
        };
    }

    /// <summary>Frees the buffers. The file stays open: it is the caller's.</summary>
    public void Dispose()
    {
        _data.Dispose();
        _index.Dispose();
        _output.Dispose();
        _keyHashes.Dispose();
        _fence.Dispose();
    }

    private void CountBlobUse(ReadOnlySpan<byte> value, bool isNewKey)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.BlobUsesForgetOlderVersions && !isNewKey)
            return;
#endif
        var isReference = BlobReference.TryRead(value, out var reference);
        Invariant.That(isReference);
        _blobUses.Add(reference);
    }

    private async ValueTask WriteAsync(int bytes)
    {
        await _file.WriteAsync(_writtenBytes, _output.First(bytes));
        // The disk works while the next piece is made; the sync at the end would wait for all of them.
        _file.BeginSync(_writtenBytes, bytes);
        _writtenBytes += bytes;
        _output.RemoveFirst(bytes);
    }

    private bool HasRoomFor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        _data.HasRoomForEntry && _data.SizeBytes + BlockWriter.LargestSizeOf(key, value) <= _options.BlockSizeBytes;

    private void AddHash(ulong hash)
    {
        _lastHash = hash;
        if (_options.FilterBitsPerKey > 0)
            _keyHashes.Add(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in hash)));
    }

    // The last key is still that of the block before.
    private void BeginDataBlock(ReadOnlySpan<byte> key, EntryTag tag)
    {
        _fence.Clear();
        if (_entryCount == 0)
        {
            _firstKey = key.ToArray();
            _fence.Add(key);
            _fenceTag = Fence.BeforeAll;
            return;
        }
        _fence.Add(Fence.KeyBetween(_data.LastKey, key));
        _fenceTag = Fence.TagBetween(_data.LastKey, _data.LastTag, key, tag);
    }

    private void WriteDataBlock()
    {
        if (_index.IsPartitionFull)
            _index.WritePartition(_output, Offset);
        var entryCount = _data.EntryCount;
        var payload = _data.Finish();
        var handle = StoredBlock.Write(_output, Offset, BlockKind.Data, _options.Compression, payload, entryCount);
        _index.Add(_fence.Span, _fenceTag, handle);
        _dataBlockCount++;
        _dataBytes += handle.SizeBytes;
    }

    private TableProperties WriteTail()
    {
        if (_data.EntryCount > 0)
            WriteDataBlock();
        _index.WritePartition(_output, Offset);
        var filter = WriteFilter();
        var rangeTombstones = WriteRangeTombstones();
        var indexRoot = _index.WriteRoot(_output, Offset);
        var properties = MakeProperties(filter.SizeBytes);
        var propertiesHandle = WriteProperties(properties);
        var footer = new SSTableFooter(
            indexRoot, propertiesHandle, filter, rangeTombstones, Offset + SSTableFormat.FooterSize);
        Span<byte> bytes = stackalloc byte[SSTableFormat.FooterSize];
        footer.WriteTo(bytes);
        _output.Add(bytes);
        return properties;
    }

    private unsafe BlockHandle WriteFilter()
    {
        var keyCount = _keyHashes.Length / sizeof(ulong);
        if (keyCount == 0)
            return default;
        var lineCount = BloomFilter.LineCountFor(keyCount, _options.FilterBitsPerKey);
        using var lines = NativeBuffer.Allocate(checked((int)lineCount * BloomFilter.LineSize));
        lines.Span.Clear();
        var filter = new BloomFilter((ulong*)lines.Pointer, lineCount);
        foreach (var hash in MemoryMarshal.Cast<byte, ulong>(_keyHashes.Span))
            filter.Add(hash);
        return StoredBlock.Write(
            _output, Offset, BlockKind.Filter, Compression.None, lines.Span, BloomFilter.BitsPerKeySet);
    }

    private BlockHandle WriteRangeTombstones()
    {
        if (_rangeTombstones.IsEmpty)
            return default;
        using var chain = new ChainWriter(_output, Offset, BlockKind.RangeTombstones);
        for (var index = 0; index < _rangeTombstones.FragmentCount; index++)
        {
            var fragment = _rangeTombstones[index];
            foreach (var version in fragment.Versions)
                chain.Add(fragment.Begin, new EntryTag(version, EntryKind.Tombstone), fragment.End);
        }
        return chain.Finish();
    }

    private BlockHandle WriteProperties(TableProperties properties)
    {
        using var chain = new ChainWriter(_output, Offset, BlockKind.Properties);
        foreach (var (name, value) in properties.ToEntries())
            chain.Add(System.Text.Encoding.ASCII.GetBytes(name), new EntryTag(0, EntryKind.Value), value);
        return chain.Finish();
    }

    private TableProperties MakeProperties(long filterBytes)
    {
        var hasRanges = !_rangeTombstones.IsEmpty;
        var oldest = hasRanges ? Math.Min(_oldestVersion, _rangeTombstones.OldestVersion) : _oldestVersion;
        return new TableProperties
        {
            BlobUses = _blobUses.ToUses(),
            Compression = _options.Compression,
            DataBlockCount = _dataBlockCount,
            DataBytes = _dataBytes,
            EntryCount = _entryCount,
            FilterBytes = filterBytes,
            IndexBytes = _index.SizeBytes,
            NewestVersion = Math.Max(_newestVersion, _rangeTombstones.NewestVersion),
            OldestVersion = oldest,
            RangeTombstoneCount = _rangeTombstones.FragmentCount,
            RawKeyBytes = _rawKeyBytes,
            RawValueBytes = _rawValueBytes,
            Span = MakeSpan(),
            TombstoneCount = _tombstoneCount,
            IsSortedFile = _options.IsSortedFile,
        };
    }

    private KeyRange MakeSpan()
    {
        if (_entryCount == 0)
            return _rangeTombstones.Span;
        var begin = _firstKey!;
        byte[] end = [.. _data.LastKey, 0];
        if (_rangeTombstones.IsEmpty)
            return new KeyRange(begin, end);
        var ranges = _rangeTombstones.Span;
        return new KeyRange(
            ranges.Begin.AsSpan().SequenceCompareTo(begin) < 0 ? ranges.Begin : begin,
            ranges.End.AsSpan().SequenceCompareTo(end) > 0 ? ranges.End : end);
    }
}
