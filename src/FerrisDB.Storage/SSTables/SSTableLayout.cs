using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>Where every block of a table is, in the order of the file: for those who want to see all of it.</summary>
internal sealed class SSTableLayout
{
    private readonly List<(BlockKind Kind, BlockHandle Handle)> _blocks = [];
    private readonly IFile _file;

    private SSTableLayout(IFile file)
    {
        _file = file;
        Footer = SSTableFooter.Read(file);
        Source = new BlockSource(file, new BlockAllocator());
        AddChain(Footer.IndexRoot, BlockKind.Index);
        AddChain(Footer.Properties, BlockKind.Properties);
        AddChain(Footer.RangeTombstones, BlockKind.RangeTombstones);
        if (!Footer.Filter.IsAbsent)
            _blocks.Add((BlockKind.Filter, Footer.Filter));
        var partitions = new List<BlockHandle>();
        Source.ReadChain(Footer.IndexRoot, BlockKind.Index, (_, _, value) => partitions.Add(PlaceIn(value)));
        foreach (var partition in partitions)
        {
            _blocks.Add((BlockKind.Index, partition));
            Source.ReadBlock(
                partition, BlockKind.Index, (_, _, value) => _blocks.Add((BlockKind.Data, PlaceIn(value))));
        }
        _blocks.Sort((left, right) => left.Handle.Offset.CompareTo(right.Handle.Offset));
    }

    public SSTableFooter Footer { get; }

    public BlockSource Source { get; }

    public IReadOnlyList<(BlockKind Kind, BlockHandle Handle)> Blocks => _blocks;

    /// <summary>Finds all blocks; checks what leads to them, not the data blocks themselves.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>: the footer or index is damaged, or there are bytes that no block claims.
    /// </exception>
    public static SSTableLayout Read(IFile file)
    {
        var layout = new SSTableLayout(file);
        var end = 0L;
        foreach (var (_, handle) in layout._blocks)
        {
            if (handle.Offset != end)
                throw FerrisException.Corrupt(file.Path, end, "the next block", $"one at {handle.Offset}");
            end = handle.End;
        }
        if (end != layout.Footer.FileSize - SSTableFormat.FooterSize)
            throw FerrisException.Corrupt(file.Path, end, "the footer behind the last block", "other bytes");
        return layout;
    }

    /// <summary>The bytes of a block as they are in the file.</summary>
    public byte[] ReadStored(BlockHandle handle)
    {
        var stored = new byte[handle.SizeBytes];
        if (_file.Read(handle.Offset, stored) != stored.Length)
            throw FerrisException.Corrupt(_file.Path, handle.Offset, $"{stored.Length} bytes", "the end of the file");
        return stored;
    }

    // The blocks of a chain were checked when they were read; none is compressed, so their sizes follow.
    private void AddChain(BlockHandle chain, BlockKind kind)
    {
        if (chain.IsAbsent)
            return;
        Source.ReadChain(chain, kind, (_, _, _) => { });
        var stored = ReadStored(chain);
        for (var position = 0; position < stored.Length;)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(stored.AsSpan(position)) + SSTableFormat.BlockOverhead;
            _blocks.Add((kind, new BlockHandle(chain.Offset + position, size)));
            position += size;
        }
    }

    private BlockHandle PlaceIn(ReadOnlySpan<byte> value) =>
        TableIndex.ReadHandle(value, _file.Path, Footer.IndexRoot.Offset, Footer.FileSize, out _);
}
