namespace FerrisDB.Storage;

/// <summary>
/// Writes the index of a table: partitions between the data blocks, each behind those it names, then the root.
/// </summary>
internal sealed class IndexWriter(SSTableWriterOptions options) : IDisposable
{
    private readonly BlockWriter _partition = new(hasFingerprints: false);
    private readonly BlockWriter _root = new(hasFingerprints: false);

    // Root blocks that are full. One holds some thousand partitions, so only tables of many GiB ever have any.
    private readonly List<(byte[] Payload, int EntryCount)> _fullRoots = [];

    private readonly OutputBuffer _partitionFence = new(256);
    private EntryTag _partitionFenceTag;

    public long SizeBytes { get; private set; }

    /// <summary>True if the partition should be written before a block is added.</summary>
    public bool IsPartitionFull =>
        _partition.EntryCount > 0 &&
        (_partition.SizeBytes >= options.IndexPartitionSizeBytes || !_partition.HasRoomForEntry);

    /// <summary>Bytes that are not written yet.</summary>
    public int PendingBytes => _partition.SizeBytes + _root.SizeBytes;

    /// <summary>Adds a data block and the fence before it.</summary>
    public void Add(ReadOnlySpan<byte> fenceKey, EntryTag fenceTag, BlockHandle handle)
    {
        if (_partition.EntryCount == 0)
        {
            _partitionFence.Clear();
            _partitionFence.Add(fenceKey);
            _partitionFenceTag = fenceTag;
        }
        Span<byte> value = stackalloc byte[2 * Varint.MaxSize];
        _partition.Add(fenceKey, fenceTag, value[..WriteHandle(value, handle)]);
    }

    /// <summary>Writes the partition that ends here, unless it is empty, and adds it to the root.</summary>
    public void WritePartition(OutputBuffer output, long offset)
    {
        var blockCount = _partition.EntryCount;
        if (blockCount == 0)
            return;
        var payload = _partition.Finish();
        // Not compressed: it is a five-hundredth of the table, and its size tells how much memory it takes to pin it.
        var handle = StoredBlock.Write(output, offset, BlockKind.Index, Compression.None, payload, blockCount);
        SizeBytes += handle.SizeBytes;

        if (!_root.HasRoomForEntry)
            EndRootBlock();
        Span<byte> value = stackalloc byte[3 * Varint.MaxSize];
        var size = WriteHandle(value, handle);
        size += Varint.Write(value[size..], (uint)blockCount);
        _root.Add(_partitionFence.Span, _partitionFenceTag, value[..size]);
    }

    /// <summary>Writes the root, behind the last partition, and returns its place.</summary>
    public BlockHandle WriteRoot(OutputBuffer output, long offset)
    {
        Invariant.That(_partition.EntryCount == 0);
        if (_root.EntryCount == 0)
            return default;
        EndRootBlock();
        var start = output.Length;
        foreach (var (payload, entryCount) in _fullRoots)
            StoredBlock.Write(
                output, offset + output.Length - start, BlockKind.Index, Compression.None, payload, entryCount);
        var root = new BlockHandle(offset, output.Length - start);
        SizeBytes += root.SizeBytes;
        return root;
    }

    public void Dispose()
    {
        _partition.Dispose();
        _root.Dispose();
        _partitionFence.Dispose();
    }

    private void EndRootBlock()
    {
        var entryCount = _root.EntryCount;
        _fullRoots.Add((_root.Finish().ToArray(), entryCount));
    }

    private static int WriteHandle(Span<byte> destination, BlockHandle handle)
    {
        var size = Varint.Write(destination, (ulong)handle.Offset);
        return size + Varint.Write(destination[size..], (uint)handle.SizeBytes);
    }
}
