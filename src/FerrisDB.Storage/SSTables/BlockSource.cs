using System.Buffers;
using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>Receives the entries of a chain; the spans are valid during the call.</summary>
internal delegate void EntryVisitor(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value);

/// <summary>Reads blocks from a table's file and decodes them.</summary>
internal sealed unsafe class BlockSource(IFile file, BlockAllocator allocator)
{
    public string Path => file.Path;

    /// <summary>Reads and decodes one block, which the caller then owns.</summary>
    public Block* Read(BlockHandle handle, BlockKind kind)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(handle.SizeBytes);
        try
        {
            var stored = buffer.AsSpan(0, handle.SizeBytes);
            ReadExactly(handle.Offset, stored);
            return BlockDecoder.Decode(stored, file.Path, handle.Offset, kind, allocator);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads one block and shows its entries.</summary>
    public void ReadBlock(BlockHandle handle, BlockKind kind, EntryVisitor visit) => Visit(Read(handle, kind), visit);

    /// <summary>Reads a chain of blocks, if there is one, and shows its entries.</summary>
    public void ReadChain(BlockHandle handle, BlockKind kind, EntryVisitor visit)
    {
        var stored = new byte[handle.SizeBytes];
        ReadExactly(handle.Offset, stored);
        for (var position = 0; position < stored.Length;)
        {
            // The length is not checked yet; a wrong one gives a block whose checksum does not fit.
            var offset = handle.Offset + position;
            var rest = stored.AsSpan(position);
            var size = rest.Length < SSTableFormat.BlockOverhead
                ? rest.Length
                : (long)BinaryPrimitives.ReadUInt32LittleEndian(rest) + SSTableFormat.BlockOverhead;
            if (size > rest.Length)
                throw FerrisException.Corrupt(file.Path, offset, $"a block of at most {rest.Length} bytes", $"{size}");
            Visit(BlockDecoder.Decode(rest[..(int)size], file.Path, offset, kind, allocator), visit);
            position += (int)size;
        }
    }

    /// <summary>Reads the payload of a filter into memory aligned to its lines.</summary>
    public NativeBuffer ReadFilter(BlockHandle handle)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(handle.SizeBytes);
        try
        {
            var stored = buffer.AsSpan(0, handle.SizeBytes);
            ReadExactly(handle.Offset, stored);
            var header = StoredBlock.Verify(stored, file.Path, handle.Offset, BlockKind.Filter);
            var lines = stored[SSTableFormat.BlockHeaderSize..^SSTableFormat.BlockTrailerSize];
            if (header.Compression != Compression.None || lines.Length % BloomFilter.LineSize != 0)
                throw FerrisException.Corrupt(file.Path, handle.Offset, "lines of 64 bytes", $"{lines.Length} bytes");
            if (header.EntryCount != BloomFilter.BitsPerKeySet)
                throw FerrisException.Corrupt(
                    file.Path, handle.Offset, $"{BloomFilter.BitsPerKeySet} bits for each key", $"{header.EntryCount}");
            var isLarge = lines.Length >= HugePages.SizeBytes;
            var memory = NativeBuffer.Allocate(lines.Length, isLarge ? HugePages.SizeBytes : BloomFilter.LineSize);
            if (isLarge)
                HugePages.Advise(memory.Pointer, memory.Length);
            lines.CopyTo(memory.Span);
            return memory;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadExactly(long offset, Span<byte> destination)
    {
        var read = file.Read(offset, destination);
        if (read != destination.Length)
            throw FerrisException.Corrupt(
                file.Path, offset, $"a block of {destination.Length} bytes", $"the end of the file after {read}");
    }

    private void Visit(Block* block, EntryVisitor visit)
    {
        var cursor = default(BlockCursor);
        try
        {
            cursor.Enter(block);
            for (var isValid = cursor.MoveTo(0); isValid; isValid = cursor.Next())
                visit(cursor.Key, cursor.Tag, cursor.Value);
        }
        finally
        {
            cursor.Free();
            allocator.Free(block);
        }
    }
}
