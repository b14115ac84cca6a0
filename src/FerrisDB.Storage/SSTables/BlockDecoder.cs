using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// Makes a <see cref="Block"/> of a stored block: checks it, decompresses it, and indexes its entries.
/// </summary>
/// <remarks>
/// Every number is checked against what holds it, whatever the checksum said: after this, searches may trust pointers.
/// </remarks>
internal static unsafe class BlockDecoder
{
    /// <summary>Decodes a block that was read from <paramref name="offset"/> of a file.</summary>
    /// <returns>A block of the allocator, which the caller owns.</returns>
    public static Block* Decode(
        ReadOnlySpan<byte> stored, string file, long offset, BlockKind kind, BlockAllocator allocator)
    {
        var header = StoredBlock.Verify(stored, file, offset, kind);
        var entryCount = header.EntryCount;
        if (entryCount == 0 || entryCount > header.PayloadSize / SSTableFormat.MinEntrySize ||
            header.PayloadSize < SSTableFormat.BaseVersionSize)
            throw FerrisException.Corrupt(file, offset, $"entries in {header.PayloadSize} bytes", $"{entryCount}");

        var block = Allocate((int)header.PayloadSize, (int)entryCount, allocator);
        try
        {
            var body = stored[SSTableFormat.BlockHeaderSize..^SSTableFormat.BlockTrailerSize];
            var payload = new Span<byte>(block->Payload, block->PayloadSize);
            if (!BlockCodec.TryDecompress(header.Compression, body, payload))
                throw FerrisException.Corrupt(
                    file, offset, $"{header.PayloadSize} bytes of {header.Compression}", "something else");
            new Span<byte>(block->Payload + block->PayloadSize, Block.PaddingSize).Clear();
            if (new Indexer(block, kind).TryIndex(out var place, out var what))
                return block;
            throw FerrisException.Corrupt(file, offset, what, $"other bytes at {place} of its payload");
        }
        catch
        {
            allocator.Free(block);
            throw;
        }
    }

    private static Block* Allocate(int payloadSize, int entryCount, BlockAllocator allocator)
    {
        var intervals = (entryCount + SSTableFormat.RestartInterval - 1) / SSTableFormat.RestartInterval;
        var prefixesSize = Block.PaddedPrefixCount(intervals) * sizeof(ulong);
        var indexSize = prefixesSize + ((long)intervals * Block.GroupSize);
        var block = allocator.Allocate(checked((int)(Block.HeaderSize + indexSize + payloadSize + Block.PaddingSize)));
        block->EntryCount = entryCount;
        block->IntervalCount = intervals;
        block->PayloadSize = payloadSize;
        block->Groups = (byte*)block + Block.HeaderSize + prefixesSize;
        block->Payload = block->Groups + (intervals * Block.GroupSize);
        return block;
    }

    /// <summary>Walks the entries of a payload once: checks them and fills the prefixes, groups and header.</summary>
    private ref struct Indexer(Block* block, BlockKind kind)
    {
        private readonly Block* _block = block;
        private readonly ReadOnlySpan<byte> _payload = new(block->Payload, block->PayloadSize);
        private readonly int _fingerprintSize = kind == BlockKind.Data ? block->EntryCount : 0;
        private int _position;
        private int _sharedMax; // an entry shares at most this much with its restart point
        private BlockEntry _previous;
        private BlockEntry _restart; // of the interval that the previous entry is in
        private bool _isPlain = kind == BlockKind.Data;
        private long _newestVersion;
        private string? _fault;

        public bool TryIndex(out int place, out string expected)
        {
            var end = _payload.Length - _fingerprintSize;
            _block->BaseVersion = BinaryPrimitives.ReadInt64LittleEndian(_payload);
            _position = SSTableFormat.BaseVersionSize;
            if ((ulong)_block->BaseVersion > EntryTag.VersionMax)
                _fault = "a version";
            for (var index = AddOrdinary(0, end); index < _block->EntryCount && _fault is null;)
            {
                AddEntry(index, end);
                index = AddOrdinary(index + 1, end);
            }
            if (_fault is null && _position != end)
                _fault = "the end of the entries";
            place = _position;
            expected = _fault ?? "";
            if (_fault is not null)
                return false;
            _block->IsPlain = _isPlain;
            _block->NewestVersion = _newestVersion;
            AddFingerprints();
            AddPrefixes();
            return true;
        }

        // Adds entries as they nearly always are, with sizes of one byte each, and stops in front of any other, right
        // or wrong. Optimized from the first call on: programs read most blocks soon after they have begun.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int AddOrdinary(int index, int end)
        {
            if (_fault is not null)
                return index;
            var payload = _block->Payload;
            var at = payload + _position;
            var behind = payload + end;
            for (; index < _block->EntryCount; index++)
            {
                if (behind - at < SSTableFormat.MaxEntryHeaderSize || at - payload > SSTableFormat.MaxEntryOffset ||
                    (Unsafe.ReadUnaligned<uint>(at) & 0x808080) != 0)
                    break;
                var entry = BlockEntry.At(at);
                var tag = entry.StoredTag;
                var isRestart = index % SSTableFormat.RestartInterval == 0;
                if (entry.Suffix - at > 3 + 8 || (entry.Suffix[-1] == 0 && entry.Suffix - at > 3 + 1) ||
                    entry.Shared > (isRestart ? 0 : _sharedMax) ||
                    entry.SuffixSize + entry.ValueSize > behind - entry.Suffix ||
                    !TryDecodeVersion(tag, out var version))
                    break;
                _sharedMax = isRestart ? entry.SuffixSize : entry.Shared;
                Add(index, (int)(at - payload), entry, (EntryKind)(tag & 15), version);
                at = entry.End;
            }
            _position = (int)(at - payload);
            return index;
        }

        private void AddEntry(int index, int end)
        {
            var start = _position;
            if (start > SSTableFormat.MaxEntryOffset)
            {
                _fault = "an entry that begins below 64 KiB";
                return;
            }
            if (!TryReadEntry(_payload[..end], out var shared, out var suffixSize, out var valueSize, out var tag))
            {
                _fault = "an entry";
                return;
            }
            var isRestart = index % SSTableFormat.RestartInterval == 0;
            if (isRestart)
                _sharedMax = (int)Math.Min(suffixSize, int.MaxValue);
            var keySize = shared + suffixSize;
            var version = 0L;
            if (shared > (isRestart ? 0 : (ulong)_sharedMax) || keySize + valueSize > (ulong)(end - _position) + shared)
                _fault = "an entry within its block";
            else if (!TryDecodeVersion(tag, out version))
                _fault = "a version and kind";
            if (_fault is not null)
                return;
            if (!isRestart)
                _sharedMax = (int)shared;
            _position += (int)(suffixSize + valueSize);
            var entry = BlockEntry.At(_block->Payload + start);
            Add(index, start, entry, (EntryKind)(tag & 15), version);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(int index, int start, in BlockEntry entry, EntryKind kind, long version)
        {
            var isRestart = index % SSTableFormat.RestartInterval == 0;
            _block->KeySizeMax = Math.Max(_block->KeySizeMax, entry.KeySize);
            var offsets = (ushort*)(_block->Groups + ((index >> 4) * Block.GroupSize) + SSTableFormat.RestartInterval);
            offsets[index & 15] = (ushort)start;
            _newestVersion = Math.Max(_newestVersion, version);
            _isPlain &= kind == EntryKind.Value && (index == 0 || IsAnotherKey(entry, isRestart));
            _previous = entry;
            if (isRestart)
                _restart = entry;
        }

        // The last byte mostly tells.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly bool IsAnotherKey(in BlockEntry entry, bool isRestart) =>
            entry.KeySize != _previous.KeySize
                || (entry.SuffixSize > 0 && _previous.SuffixSize > 0 && entry.Value[-1] != _previous.Value[-1])
                || HasAnotherKey(entry, isRestart);

        // Both keys are what they share with the restart key, and a suffix; only a restart's own key shares nothing
        // with the one before it.
        private readonly bool HasAnotherKey(in BlockEntry entry, bool isRestart)
        {
            var shared = isRestart ? _previous.Shared : Math.Max(entry.Shared, _previous.Shared);
            var (longer, shorter) = _previous.Shared == shared ? (_previous, entry) : (entry, _previous);
            var between = shared - shorter.Shared;
            var suffix = new ReadOnlySpan<byte>(shorter.Suffix, shorter.SuffixSize);
            return !suffix[..between].SequenceEqual(new ReadOnlySpan<byte>(_restart.Suffix + shorter.Shared, between))
                || !suffix[between..].SequenceEqual(new ReadOnlySpan<byte>(longer.Suffix, longer.SuffixSize));
        }

        private bool TryReadEntry(
            ReadOnlySpan<byte> entries, out ulong shared, out ulong suffixSize, out ulong valueSize, out ulong tag)
        {
            suffixSize = valueSize = tag = 0;
            if (entries.Length - _position >= SSTableFormat.MaxEntryHeaderSize)
            {
                // Nearly always the three sizes have a byte each.
                var head = BinaryPrimitives.ReadUInt32LittleEndian(entries[_position..]);
                if ((head & 0x808080) == 0)
                {
                    shared = head & 0x7f;
                    suffixSize = (head >> 8) & 0x7f;
                    valueSize = (head >> 16) & 0x7f;
                    _position += 3;
                    return Varint.TryRead(entries, ref _position, out tag);
                }
            }
            return Varint.TryRead(entries, ref _position, out shared) &&
                Varint.TryRead(entries, ref _position, out suffixSize) &&
                Varint.TryRead(entries, ref _position, out valueSize) &&
                Varint.TryRead(entries, ref _position, out tag) &&
                Math.Max(shared, Math.Max(suffixSize, valueSize)) <= int.MaxValue;
        }

        private readonly bool TryDecodeVersion(ulong stored, out long version)
        {
            var zigzag = stored >> 4;
            var delta = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            version = _block->BaseVersion + delta;
            return (ulong)version <= EntryTag.VersionMax;
        }

        private readonly void AddFingerprints()
        {
            var fingerprints = _payload[^_fingerprintSize..];
            for (var interval = 0; interval < _block->IntervalCount; interval++)
            {
                var group =
                    new Span<byte>(_block->Groups + (interval * Block.GroupSize), SSTableFormat.RestartInterval);
                var count = Math.Min(fingerprints.Length, group.Length);
                fingerprints[..count].CopyTo(group);
                group[count..].Clear();
                fingerprints = fingerprints[count..];
            }
        }

        private readonly void AddPrefixes()
        {
            // Keys are in order, so what the first and the last one share, all of them do.
            var first = RestartKey(0);
            var lastIndex = _block->EntryCount - 1;
            var last = BlockEntry.At(_block->EntryAt(lastIndex));
            var lastRestart = RestartKey(lastIndex / SSTableFormat.RestartInterval);
            var common = first.CommonPrefixLength(lastRestart[..last.Shared]);
            if (common == last.Shared && common <= first.Length)
                common += first[common..].CommonPrefixLength(new ReadOnlySpan<byte>(last.Suffix, last.SuffixSize));
            for (var interval = 0; interval < _block->IntervalCount; interval++)
                common = Math.Min(common, RestartKey(interval).Length);

            _block->CommonSize = common;
            var inline = new Span<byte>(_block->InlinePrefix, Block.InlinePrefixSize);
            inline.Clear();
            first[..Math.Min(common, inline.Length)].CopyTo(inline);
            var prefixes = Block.PrefixesOf(_block);
            for (var interval = 0; interval < _block->IntervalCount; interval++)
                prefixes[interval] = PrefixTree.Stored(InternalKey.PrefixOf(RestartKey(interval)[common..]));
            var padded = Block.PaddedPrefixCount(_block->IntervalCount);
            for (var interval = _block->IntervalCount; interval < padded; interval++)
                prefixes[interval] = long.MaxValue;
        }

        private readonly ReadOnlySpan<byte> RestartKey(int interval)
        {
            var entry = BlockEntry.At(_block->EntryAt(interval * SSTableFormat.RestartInterval));
            return new ReadOnlySpan<byte>(entry.Suffix, entry.SuffixSize);
        }
    }
}
