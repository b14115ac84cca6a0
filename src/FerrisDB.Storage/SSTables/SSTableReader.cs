using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FerrisDB.Storage;

/// <summary>
/// An open table: finds entries in it, keeping filter, fences and slots in memory and blocks in the cache.
/// </summary>
/// <remarks>
/// Thread-safe. Counted: born with one reference; cursors hold one more. The last one to release closes the file and
/// frees the memory. Gets hold no reference: they run inside an epoch, and an owner that lets go does so through
/// <see cref="Epochs.Retire"/>.
/// </remarks>
internal sealed unsafe class SSTableReader : IOpenFile
{
    private readonly IFile _file;
    private readonly BlockCache _cache;
    private readonly BlockSource _source;
    private readonly TableIndex _index;
    private readonly NativeBuffer? _filterMemory;
    private readonly BloomFilter _filter;
    private readonly long _globalVersion;
    private readonly nint* _slots;
    private ReferenceCount _references = new();

    private SSTableReader(IFile file, SSTableFooter footer, TableMetadata? metadata, BlockCache cache)
    {
        _file = file;
        _cache = cache;
        _source = new BlockSource(file, cache.Allocator);
        _globalVersion = metadata?.GlobalVersion ?? 0;
        FileSize = footer.FileSize;
        Properties = ReadProperties(footer.Properties);
        Verify(metadata);
        RangeTombstones = ReadRangeTombstones(footer.RangeTombstones);
        try
        {
            if (!footer.Filter.IsAbsent)
            {
                _filterMemory = _source.ReadFilter(footer.Filter);
                var lineCount = (uint)(_filterMemory.Length / BloomFilter.LineSize);
                _filter = new BloomFilter((ulong*)_filterMemory.Pointer, lineCount);
            }
            _index = TableIndex.Load(_source, footer);
        }
        catch
        {
            _filterMemory?.Dispose();
            throw;
        }
        _slots = (nint*)PageMemory.Allocate(SlotBytes, 64);
        new Span<nint>(_slots, _index.SlotCount).Fill(BlockCache.EmptySlot);
    }

    public string Path => _file.Path;

    public long FileSize { get; }

    public TableProperties Properties { get; }

    public RangeTombstoneSet RangeTombstones { get; }

    /// <summary>Data blocks; 0 if the table has range tombstones alone.</summary>
    public int BlockCount => _index.BlockCount;

    /// <summary>Bytes that the open table occupies outside the block cache.</summary>
    public long MemoryBytes =>
        (_filterMemory?.Length ?? 0) + _index.SizeBytes + SlotBytes + RangeTombstones.SizeBytes;

    /// <summary>
    /// For the <see cref="TableCache"/>: set by each use, cleared when it looks for a table to close.
    /// </summary>
    public bool WasUsed { get; set; } = true;

    internal BlockCache Cache => _cache;

    internal long GlobalVersion => _globalVersion;

    private long SlotBytes => Math.Max(_index.SlotCount, 1) * (long)sizeof(nint);

    /// <summary>Opens a table and takes over its file, which is disposed even if this throws.</summary>
    /// <param name="file">A finished table.</param>
    /// <param name="expected">What the manifest says of it, which is then compared; null if nobody knows.</param>
    /// <param name="cache">Holds its blocks.</param>
    public static SSTableReader Open(IFile file, TableMetadata? expected, BlockCache cache)
    {
        try
        {
            return new SSTableReader(file, SSTableFooter.Read(file), expected, cache);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finds the newest entry of a key at or below a version; tombstones are entries, range tombstones are not looked
    /// at.
    /// </summary>
    /// <remarks>Call inside an epoch: the value is valid until it is left.</remarks>
    public bool TryGet(
        ReadOnlySpan<byte> key, ulong keyHash, long version, out EntryTag tag, out ReadOnlySpan<byte> value)
    {
        tag = default;
        value = default;
        if ((!_filter.IsAbsent && !_filter.MayContain(keyHash)) || _index.BlockCount == 0 || version < _globalVersion)
            return false;
        var seekTag = _globalVersion == 0 ? EntryTag.SeekTo(version) : EntryTag.First;
        var block = Fetch(_index.Find(this, key, seekTag));
        if (!BlockSearch.TryGet(block, key, keyHash, seekTag, out var entry, out tag))
            return false;
        if (_globalVersion != 0)
            tag = new EntryTag(_globalVersion, tag.Kind);
        value = new ReadOnlySpan<byte>(entry.Value, entry.ValueSize);
        return true;
    }

    /// <summary>False if the filter rules the key out, so that a get reads no block.</summary>
    public bool MayContain(ulong keyHash) => _filter.IsAbsent || _filter.MayContain(keyHash);

    /// <summary>
    /// True if a get searches a data block for its answer, not only filter and versions. Call inside an epoch.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="keyHash">Its hash.</param>
    /// <param name="version">The version to read.</param>
    /// <param name="isCached">The block is in the cache.</param>
    public bool NeedsBlock(ReadOnlySpan<byte> key, ulong keyHash, long version, out bool isCached)
    {
        isCached = false;
        if ((!_filter.IsAbsent && !_filter.MayContain(keyHash)) || _index.BlockCount == 0 || version < _globalVersion)
            return false;
        var seekTag = _globalVersion == 0 ? EntryTag.SeekTo(version) : EntryTag.First;
        isCached = BlockCache.Find(_slots + _index.Find(this, key, seekTag), BlockUse.Passed) != null;
        return true;
    }

    /// <summary>
    /// Asks the processor for what <see cref="TryGet"/> looks at first: worth it where several tables come into
    /// question.
    /// </summary>
    public void PrefetchFilter(ulong keyHash)
    {
        if (!_filter.IsAbsent)
            _filter.Prefetch(keyHash);
    }

    /// <summary>A cursor over all entries, from a pool. It keeps the table open until it is disposed.</summary>
    /// <param name="isCompaction">Leaves the cache as it is: what the cursor reads will not be wanted again.</param>
    public SSTableCursor OpenCursor(bool isCompaction = false)
    {
        var isAcquired = TryAcquire();
        Invariant.That(isAcquired);
        return _cache.Cursors.Rent().Over(this, isCompaction);
    }

    /// <summary>About how many bytes of the file are in front of a key.</summary>
    public long ApproximateOffsetOf(ReadOnlySpan<byte> key)
    {
        if (_index.BlockCount == 0)
            return 0;
        using var epoch = Epochs.Enter();
        return _index.HandleOf(this, _index.Find(this, key, EntryTag.First)).Offset;
    }

    /// <summary>
    /// The fence of a data block: a key at or before its first one and behind those of the block before, though not
    /// itself in the table, perhaps. Spread over all blocks, fences split a table into equal parts.
    /// </summary>
    public byte[] FenceKeyOf(int block)
    {
        Invariant.That((uint)block < (uint)BlockCount);
        using var epoch = Epochs.Enter();
        return _index.FenceKeyOf(this, block);
    }

    /// <summary>Takes a reference unless the last one is gone.</summary>
    public bool TryAcquire() => _references.TryAcquire();

    /// <summary>Gives a reference back.</summary>
    public void Release()
    {
        if (!_references.Release())
            return;
        _cache.Remove(_slots, _index.SlotCount);
        PageMemory.Free(_slots, SlotBytes);
        _index.Dispose();
        _filterMemory?.Dispose();
        _file.Dispose();
    }

    void IRetirable.Reclaim() => Release();

    /// <summary>The data block with that number. Call inside an epoch: it is valid until that is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Block* Fetch(int block)
    {
        var found = BlockCache.Find(_slots + block, BlockUse.Chosen);
        return found != null ? found : Read(block, BlockUse.Chosen, isPinned: false);
    }

    /// <summary>The data block with that number, pinned: valid until <see cref="BlockCache.Unpin"/>.</summary>
    internal Block* Pin(int block, BlockUse use)
    {
        using var epoch = Epochs.Enter();
        var found = BlockCache.Find(_slots + block, use);
        return found != null && BlockCache.TryPin(found) ? found : Read(block, use, isPinned: true);
    }

    /// <summary>Asks for the head of a data block, if it is in the cache, without waiting for it.</summary>
    internal void Prefetch(int block) => BlockCache.Prefetch(_slots + block);

    /// <summary>
    /// Asks for what a scan that has come to a block will look at next: the near end of the next block, whose head was
    /// asked for when the scan came to the block before, and the head of the one behind that.
    /// </summary>
    internal void PrefetchFrom(int block, int step)
    {
        using var epoch = Epochs.Enter();
        var next = block + step;
        if ((uint)next < (uint)BlockCount)
            BlockCache.PrefetchEnd(_slots + next, isLastEnd: step < 0);
        next += step;
        if ((uint)next < (uint)BlockCount)
            BlockCache.Prefetch(_slots + next);
    }

    /// <summary>A partition of the index. Call inside an epoch.</summary>
    internal Block* FetchPartition(int slot, BlockHandle handle)
    {
        var found = BlockCache.Find(_slots + slot, BlockUse.Chosen);
        return found != null
            ? found
            : _cache.Publish(_slots + slot, _source.Read(handle, BlockKind.Index), BlockUse.Chosen, isPinned: false);
    }

    internal int FindBlock(ReadOnlySpan<byte> key, EntryTag tag)
    {
        using var epoch = Epochs.Enter();
        return _index.Find(this, key, tag);
    }

    internal BlockHandle HandleOf(int block)
    {
        using var epoch = Epochs.Enter();
        return _index.HandleOf(this, block);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Block* Read(int block, BlockUse use, bool isPinned)
    {
        var decoded = _source.Read(_index.HandleOf(this, block), BlockKind.Data);
        if (use == BlockUse.Once)
        {
            Invariant.That(isPinned);
            decoded->Pins = 1;
            return decoded;
        }
        return _cache.Publish(_slots + block, decoded, use, isPinned);
    }

    private TableProperties ReadProperties(BlockHandle handle)
    {
        var entries = new Dictionary<string, byte[]>();
        _source.ReadChain(handle, BlockKind.Properties, (key, _, value) =>
            entries[Encoding.ASCII.GetString(key)] = value.ToArray());
        return TableProperties.FromEntries(entries, (expected, found) => Corrupt(handle.Offset, expected, found));
    }

    private RangeTombstoneSet ReadRangeTombstones(BlockHandle handle)
    {
        if (handle.IsAbsent)
            return RangeTombstoneSet.Empty;
        var tombstones = new List<RangeTombstone>();
        _source.ReadChain(handle, BlockKind.RangeTombstones, (key, tag, value) =>
        {
            var version = _globalVersion == 0 ? tag.Version : _globalVersion;
            if (key.SequenceCompareTo(value) >= 0 || version == 0)
                throw Corrupt(handle.Offset, "a range of keys and its version", "an empty range or no version");
            tombstones.Add(new RangeTombstone(key.ToArray(), value.ToArray(), version));
        });
        return RangeTombstoneSet.Build(tombstones);
    }

    // The manifest and the table were written at different times to different files: they must tell the same story.
    private void Verify(TableMetadata? metadata)
    {
        if (metadata is null)
            return;
        Expect("bytes", metadata.SizeBytes, FileSize);
        Expect("entries", metadata.EntryCount, Properties.EntryCount);
        Expect("tombstones", metadata.TombstoneCount, Properties.TombstoneCount);
        Expect("range tombstones", metadata.RangeTombstoneCount, Properties.RangeTombstoneCount);
        if (!metadata.Span.Equals(Properties.Span))
            throw Corrupt(0, "the keys that the manifest names", "others");
        if (!metadata.BlobUses.Equals(Properties.BlobUses))
            throw Corrupt(0, "the references to blobs that the manifest names", "others");
    }

    private void Expect(string what, long expected, long found)
    {
        if (expected != found)
            throw Corrupt(0, $"{expected} {what}, as in the manifest", $"{found}");
    }

    private FerrisException Corrupt(long offset, string expected, string found) =>
        FerrisException.Corrupt(Path, offset, expected, found);
}
