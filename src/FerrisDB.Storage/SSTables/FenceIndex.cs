using System.Buffers;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

// The fences of a table, or of the partitions of its index, where every read can get at them: one piece of native
// memory. Nearly all searches touch the prefixes alone.
//
//     +--------------+--------------+--------------+----------------+--------------+----------------+
//     | prefixes     | tags         | offsets      | key ends       | sizes        | key bytes      |
//     | a PrefixTree | 8 x count    | 8 x count    | 4 x count      | 4 x count    | without common |
//     +--------------+--------------+--------------+----------------+--------------+----------------+
//
// A prefix is a fence key's 8 bytes behind what all fence keys have in common. That is kept once, in front of the key
// bytes: tuples make it long. Tags are left out if all are Fence.BeforeAll: if no block begins amid the versions of a
// key, which is mostly so.

/// <summary>Finds the block in which an entry must be, and where that block is in the file.</summary>
internal sealed unsafe class FenceIndex : IDisposable
{
    private readonly PrefixTree _prefixes;
    private readonly ulong* _tags; // null: all are Fence.BeforeAll
    private readonly long* _offsets;
    private readonly uint* _keyEnds;
    private readonly int* _sizes;
    private readonly byte* _keys;
    private readonly int _commonSize;
    private byte* _memory;

    private FenceIndex(Builder fences)
    {
        Count = fences.Count;
        _commonSize = fences.CommonSize();
        var keyBytes = fences.Keys.WrittenCount - ((Count - 1) * _commonSize);
        var treeCount = PrefixTree.TotalCount(Count);
        var tagCount = fences.Tags.TrueForAll(tag => tag == Fence.BeforeAll) ? 0 : Count;
        SizeBytes = ((treeCount + tagCount + (long)Count) * sizeof(ulong)) + (Count * 2L * sizeof(uint)) + keyBytes;
        _memory = PageMemory.Allocate(SizeBytes, 64);
        var prefixes = (long*)_memory;
        _tags = tagCount == 0 ? null : (ulong*)(prefixes + treeCount);
        _offsets = prefixes + treeCount + tagCount;
        _keyEnds = (uint*)(_offsets + Count);
        _sizes = (int*)(_keyEnds + Count);
        _keys = (byte*)(_sizes + Count);

        fences.KeyOf(0)[.._commonSize].CopyTo(new Span<byte>(_keys, _commonSize));
        var end = _commonSize;
        for (var index = 0; index < Count; index++)
        {
            var suffix = fences.KeyOf(index)[_commonSize..];
            suffix.CopyTo(new Span<byte>(_keys + end, suffix.Length));
            end += suffix.Length;
            prefixes[index] = PrefixTree.Stored(InternalKey.PrefixOf(suffix));
            if (_tags != null)
                _tags[index] = fences.Tags[index].Packed;
            _offsets[index] = fences.Handles[index].Offset;
            _sizes[index] = fences.Handles[index].SizeBytes;
            _keyEnds[index] = (uint)end;
        }
        Invariant.That(end == keyBytes);
        _prefixes = new PrefixTree(prefixes, Count);
    }

    public int Count { get; }

    public long SizeBytes { get; }

    /// <summary>The last block whose fence is at or before (key, tag); the first one if there is none.</summary>
    public int Find(ReadOnlySpan<byte> key, EntryTag tag)
    {
        if (_commonSize > 0)
        {
            var common = new ReadOnlySpan<byte>(_keys, _commonSize);
            var order = key[..Math.Min(_commonSize, key.Length)].SequenceCompareTo(common);
            if (order != 0)
                return order < 0 ? 0 : Count - 1;
        }
        var suffix = key[_commonSize..];
        var prefix = InternalKey.PrefixOf(suffix);
        var low = _prefixes.CountBelow(prefix);
        var high = low;
        while (_prefixes.IsAt(high, prefix))
            high++;
        tag = Fence.Clamp(tag);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (InternalKey.Compare(SuffixOf(middle), TagOf(middle), suffix, tag) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return Math.Max(low - 1, 0);
    }

    /// <summary>A copy of a fence's key.</summary>
    public byte[] KeyOf(int index) => [.. new ReadOnlySpan<byte>(_keys, _commonSize), .. SuffixOf(index)];

    public BlockHandle HandleOf(int index) => new(_offsets[index], _sizes[index]);

    public void Dispose()
    {
        PageMemory.Free(_memory, SizeBytes);
        _memory = null;
    }

    private EntryTag TagOf(int index) => _tags == null ? Fence.BeforeAll : new EntryTag(_tags[index]);

    private ReadOnlySpan<byte> SuffixOf(int index)
    {
        var start = index == 0 ? (uint)_commonSize : _keyEnds[index - 1];
        return new ReadOnlySpan<byte>(_keys + start, (int)(_keyEnds[index] - start));
    }

    /// <summary>Collects fences in their order while a table is opened.</summary>
    internal sealed class Builder
    {
        public int Count => Handles.Count;

        public ArrayBufferWriter<byte> Keys { get; } = new();

        public List<EntryTag> Tags { get; } = [];

        public List<BlockHandle> Handles { get; } = [];

        private readonly List<int> _keyEnds = [];

        public void Add(ReadOnlySpan<byte> key, EntryTag tag, BlockHandle handle)
        {
            Keys.Write(key);
            _keyEnds.Add(Keys.WrittenCount);
            Tags.Add(tag);
            Handles.Add(handle);
        }

        public ReadOnlySpan<byte> KeyOf(int index)
        {
            var start = index == 0 ? 0 : _keyEnds[index - 1];
            return Keys.WrittenSpan[start.._keyEnds[index]];
        }

        /// <summary>Leading bytes that all keys share. They are in order, or else the minimum says so.</summary>
        public int CommonSize()
        {
            var common = KeyOf(0).CommonPrefixLength(KeyOf(Count - 1));
            for (var index = 0; index < Count; index++)
                common = Math.Min(common, KeyOf(index).Length);
            return common;
        }

        public FenceIndex Build() => new(this);
    }
}
