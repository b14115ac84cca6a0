using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>An open blob: reads values by reference and keeps them in the block cache.</summary>
/// <remarks>
/// Each record has a slot, so a value that is cached is found by one load, as a block of a table is.
/// Thread-safe. Counted: born with one reference; cursors hold one more. The last one to release closes the file and
/// frees the memory. Gets hold no reference: they run inside an epoch, and an owner that lets go does so through
/// <see cref="Epochs.Retire"/>.
/// </remarks>
internal sealed unsafe class BlobReader : IOpenFile
{
    private readonly IFile _file;
    private readonly BlockCache _cache;
    private readonly BlobFooter _footer;
    private readonly nint* _slots;
    private ReferenceCount _references = new();

    private BlobReader(IFile file, BlobFooter footer, BlockCache cache)
    {
        _file = file;
        _cache = cache;
        _footer = footer;
        _slots = (nint*)PageMemory.Allocate(SlotBytes, 64);
        new Span<nint>(_slots, SlotCount).Fill(BlockCache.EmptySlot);
    }

    /// <summary>For the <see cref="BlobCache"/>: set by each use, cleared when it looks for one to close.</summary>
    public bool WasUsed { get; set; } = true;

    /// <summary>Bytes that the open blob occupies outside the block cache.</summary>
    public long MemoryBytes => (long)SlotCount * sizeof(nint);

    internal BlockCache Cache => _cache;

    private int SlotCount => (int)_footer.RecordCount;

    private long SlotBytes => Math.Max(SlotCount, 1) * (long)sizeof(nint);

    private long RecordsEnd => _footer.FileSize - BlobFormat.FooterSize;

    /// <summary>Opens a blob and takes over its file, which is disposed even if this throws.</summary>
    public static BlobReader Open(IFile file, BlobMetadata expected, BlockCache cache)
    {
        try
        {
            var footer = BlobFooter.Read(file, expected.FileNumber);
            if (footer.FileSize != expected.SizeBytes)
                throw FerrisException.Corrupt(
                    file.Path, footer.FileSize, $"{expected.SizeBytes} bytes, as in the manifest",
                    $"{footer.FileSize}");
            if (footer.RecordCount != expected.RecordCount)
                throw FerrisException.Corrupt(
                    file.Path, RecordCountAt(footer), $"{expected.RecordCount} records, as in the manifest",
                    $"{footer.RecordCount}");
            return new BlobReader(file, footer, cache);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The value of an entry. Call inside an epoch: it is valid until that is left.</summary>
    public ReadOnlySpan<byte> Fetch(BlobReference reference, ReadOnlySpan<byte> key, long version)
    {
        CheckPlace(reference);
        var slot = _slots + reference.Index;
        var block = BlockCache.Find(slot, BlockUse.Chosen);
        if (block == null)
            block = _cache.Publish(slot, Read(reference, key, version), BlockUse.Chosen, isPinned: false);
        if (block->BaseVersion != reference.Offset)
            ThrowForeign(reference, block->BaseVersion);
        return new ReadOnlySpan<byte>(block->Payload, block->PayloadSize);
    }

    /// <summary>The value of an entry as the payload of a block that is pinned: give it back to the cache.</summary>
    /// <param name="reference">Where it is.</param>
    /// <param name="key">Whose it must be.</param>
    /// <param name="version">And at which version.</param>
    /// <param name="use">How it is used.</param>
    /// <param name="stream">What the cursor has read ahead of this blob.</param>
    public Block* Pin(
        BlobReference reference, ReadOnlySpan<byte> key, long version, BlockUse use, BlobStream stream)
    {
        CheckPlace(reference);
        using var epoch = Epochs.Enter();
        var slot = _slots + reference.Index;
        var found = BlockCache.Find(slot, use);
        if (found == null || !BlockCache.TryPin(found))
            found = _cache.Publish(slot, Read(reference, key, version, stream), use, isPinned: true);
        if (found->BaseVersion == reference.Offset)
            return found;
        var offset = found->BaseVersion;
        _cache.Unpin(found);
        ThrowForeign(reference, offset);
        return null;
    }

    /// <summary>Reads the record of an entry as it is stored, past the cache.</summary>
    /// <param name="reference">Where it is.</param>
    /// <param name="key">Whose it must be.</param>
    /// <param name="version">And at which version.</param>
    /// <param name="buffer">Room for <see cref="BlobReference.RecordSize"/>; the record points into it.</param>
    public BlobRecord ReadRecord(BlobReference reference, ReadOnlySpan<byte> key, long version, Span<byte> buffer)
    {
        CheckPlace(reference);
        var record = buffer[..reference.RecordSize];
        var read = _file.Read(reference.Offset, record);
        if (read != record.Length)
            throw FerrisException.Corrupt(
                _file.Path, reference.Offset, $"a record of {record.Length} bytes",
                $"the end of the file after {read}");
        return BlobRecord.VerifyOf(record, _file.Path, reference, key, version);
    }

    /// <summary>Takes a reference unless the last one is gone.</summary>
    public bool TryAcquire() => _references.TryAcquire();

    /// <summary>Gives a reference back.</summary>
    public void Release()
    {
        if (!_references.Release())
            return;
        _cache.Remove(_slots, SlotCount);
        PageMemory.Free(_slots, SlotBytes);
        _file.Dispose();
    }

    void IRetirable.Reclaim() => Release();

    private static long RecordCountAt(BlobFooter footer) => footer.FileSize - BlobFormat.FooterSize;

    // A reference comes from a block with a checksum of its own, but what it leads to is memory.
    private void CheckPlace(BlobReference reference)
    {
        if (reference.End > RecordsEnd || (uint)reference.Index >= (uint)SlotCount)
            throw FerrisException.Corrupt(
                _file.Path, reference.Offset, $"one of {SlotCount} records before {RecordsEnd}", $"{reference}");
    }

    // Two records with one number: one of the references is wrong.
    [DoesNotReturn]
    private void ThrowForeign(BlobReference reference, long offset) => throw FerrisException.Corrupt(
        _file.Path, reference.Offset, $"record {reference.Index}", $"that it is the one at {offset}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Block* Read(BlobReference reference, ReadOnlySpan<byte> key, long version, BlobStream? stream = null)
    {
        if (stream is not null && stream.TryRead(reference, _file, RecordsEnd, out var record))
            return Decode(BlobRecord.VerifyOf(record, _file.Path, reference, key, version), reference);
        var buffer = ArrayPool<byte>.Shared.Rent(reference.RecordSize);
        try
        {
            return Decode(ReadRecord(reference, key, version, buffer), reference);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Block* Decode(BlobRecord record, BlobReference reference)
    {
        var block = _cache.Allocator.Allocate(Block.HeaderSize + Math.Max(1, record.ValueSize));
        try
        {
            block->Payload = (byte*)block + Block.HeaderSize;
            block->PayloadSize = record.ValueSize;
            block->BaseVersion = reference.Offset; // whose it is, for whoever finds it by its number
            record.CopyValueTo(new Span<byte>(block->Payload, block->PayloadSize), _file.Path, reference.Offset);
            return block;
        }
        catch
        {
            _cache.Allocator.Free(block);
            throw;
        }
    }
}
