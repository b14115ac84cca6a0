using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Storage;

// An index is a root, which is always in memory, and partitions. While they are small together, the partitions are read
// when the table is opened and their fences put into one FenceIndex (pinned). A large index keeps the root's fences
// alone, and partitions come and go through the cache like data blocks:
//
//     pinned         fences of all data blocks
//     partitioned    fences of partitions --> slot of a partition --> its block --> entry of a data block

/// <summary>Finds the data block for a key in a table, and the place of any data block.</summary>
internal sealed unsafe class TableIndex : IDisposable
{
    /// <summary>An index of at most this many bytes is read when the table is opened, and stays in memory.</summary>
    public const int PinnedBytesMax = 256 << 10;

    private readonly FenceIndex? _fences;
    private readonly int[] _firstBlocks; // of each partition, and the count of all blocks; empty if pinned

    private TableIndex(FenceIndex? fences, int[] firstBlocks, int blockCount)
    {
        _fences = fences;
        _firstBlocks = firstBlocks;
        BlockCount = blockCount;
    }

    /// <summary>Data blocks of the table; 0 if it has no points.</summary>
    public int BlockCount { get; }

    public int PartitionCount => Math.Max(_firstBlocks.Length - 1, 0);

    /// <summary>Blocks that need a slot: data blocks, then partitions.</summary>
    public int SlotCount => BlockCount + PartitionCount;

    public long SizeBytes => (_fences?.SizeBytes ?? 0) + ((long)_firstBlocks.Length * sizeof(int));

    public static TableIndex Load(BlockSource source, SSTableFooter footer)
    {
        if (footer.IndexRoot.IsAbsent)
            return new TableIndex(null, [], 0);
        var root = new FenceIndex.Builder();
        var firstBlocks = new List<int> { 0 };
        source.ReadChain(footer.IndexRoot, BlockKind.Index, (key, tag, value) =>
        {
            var handle = ReadHandle(value, source.Path, footer.IndexRoot.Offset, footer.FileSize, out var rest);
            if (!Varint.TryRead(value, ref rest, out var blocks) || blocks is 0 or > int.MaxValue
                || rest != value.Length)
                throw FerrisException.Corrupt(source.Path, footer.IndexRoot.Offset, "a count of blocks", $"{blocks}");
            root.Add(key, tag, handle);
            firstBlocks.Add((int)Math.Min(firstBlocks[^1] + (long)blocks, int.MaxValue));
        });
        // No block is smaller than this, so there cannot be more of them; and memory is set aside for each.
        if (firstBlocks[^1] > footer.FileSize / SSTableFormat.BlockOverhead)
            throw FerrisException.Corrupt(
                source.Path, footer.IndexRoot.Offset, "fewer blocks than the file has room for", $"{firstBlocks[^1]}");
        return root.Handles.Sum(handle => (long)handle.SizeBytes) > PinnedBytesMax
            ? new TableIndex(root.Build(), [.. firstBlocks], firstBlocks[^1])
            : LoadPinned(source, footer, root.Handles, firstBlocks[^1]);
    }

    private static TableIndex LoadPinned(
        BlockSource source, SSTableFooter footer, List<BlockHandle> partitions, int blockCount)
    {
        var fences = new FenceIndex.Builder();
        foreach (var partition in partitions)
            source.ReadBlock(partition, BlockKind.Index, (key, tag, value) =>
                fences.Add(key, tag, ReadDataHandle(value, source.Path, partition.Offset, footer.FileSize)));
        if (fences.Count != blockCount)
            throw FerrisException.Corrupt(
                source.Path, footer.IndexRoot.Offset, $"{blockCount} blocks in the index", $"{fences.Count}");
        return new TableIndex(fences.Build(), [], blockCount);
    }

    /// <summary>
    /// The data block that an entry at or behind (key, tag) would be in, or behind whose end it would be.
    /// </summary>
    public int Find(SSTableReader table, ReadOnlySpan<byte> key, EntryTag tag)
    {
        var found = _fences!.Find(key, tag);
        return _firstBlocks.Length == 0 ? found : FindInPartition(table, found, key, Fence.Clamp(tag));
    }

    /// <summary>The place of a data block. Call inside an epoch.</summary>
    public BlockHandle HandleOf(SSTableReader table, int block)
    {
        if (_firstBlocks.Length == 0)
            return _fences!.HandleOf(block);
        var partition = PartitionOf(block);
        var entries = Partition(table, partition);
        var entry = BlockEntry.At(entries->EntryAt(block - _firstBlocks[partition]));
        var value = new ReadOnlySpan<byte>(entry.Value, entry.ValueSize);
        return ReadDataHandle(value, table.Path, _fences!.HandleOf(partition).Offset, table.FileSize);
    }

    /// <summary>A copy of the fence key of a data block. Call inside an epoch.</summary>
    public byte[] FenceKeyOf(SSTableReader table, int block)
    {
        if (_firstBlocks.Length == 0)
            return _fences!.KeyOf(block);
        var partition = PartitionOf(block);
        var index = block - _firstBlocks[partition];
        var entries = Partition(table, partition);
        var entry = BlockEntry.At(entries->EntryAt(index));
        return
        [
            .. BlockSearch.RestartKey(entries, index / SSTableFormat.RestartInterval)[..entry.Shared],
            .. new ReadOnlySpan<byte>(entry.Suffix, entry.SuffixSize),
        ];
    }

    public void Dispose() => _fences?.Dispose();

    private int FindInPartition(SSTableReader table, int partition, ReadOnlySpan<byte> key, EntryTag tag)
    {
        var entries = Partition(table, partition);
        var index = BlockSearch.LowerBound(entries, key, tag);
        if (index < entries->EntryCount)
        {
            var entry = BlockEntry.At(entries->EntryAt(index));
            if (entries->DecodeTag(entry.StoredTag) == tag && BlockSearch.IsKey(entries, index, entry, key))
                return _firstBlocks[partition] + index;
        }
        return _firstBlocks[partition] + Math.Max(index - 1, 0);
    }

    private int PartitionOf(int block)
    {
        var index = Array.BinarySearch(_firstBlocks, block);
        return index >= 0 ? index : ~index - 1;
    }

    private Block* Partition(SSTableReader table, int partition)
    {
        var block = table.FetchPartition(BlockCount + partition, _fences!.HandleOf(partition));
        var expected = _firstBlocks[partition + 1] - _firstBlocks[partition];
        if (block->EntryCount != expected)
            throw FerrisException.Corrupt(
                table.Path, _fences.HandleOf(partition).Offset, $"{expected} entries", $"{block->EntryCount}");
        return block;
    }

    private static BlockHandle ReadDataHandle(ReadOnlySpan<byte> value, string path, long offset, long fileSize)
    {
        var handle = ReadHandle(value, path, offset, fileSize, out var rest);
        if (rest != value.Length)
            Throw(path, offset, "the place of a block", "more bytes");
        return handle;
    }

    internal static BlockHandle ReadHandle(
        ReadOnlySpan<byte> value, string path, long offset, long fileSize, out int rest)
    {
        rest = 0;
        var size = 0UL;
        if (!Varint.TryRead(value, ref rest, out var blockOffset) || !Varint.TryRead(value, ref rest, out size))
            Throw(path, offset, "the place of a block", "no varints");
        var handle = new BlockHandle((long)blockOffset, (int)Math.Min(size, int.MaxValue));
        if (size < SSTableFormat.BlockOverhead || !SSTableFooter.IsInside(handle, fileSize))
            Throw(path, offset, "the place of a block in the file", $"{blockOffset}, {size} bytes");
        return handle;
    }

    [DoesNotReturn]
    private static void Throw(string path, long offset, string expected, string found) =>
        throw FerrisException.Corrupt(path, offset, expected, found);
}
