using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>
/// Gathers the log's batches while they are replayed, to fill a MemTable in key order instead of log order.
/// </summary>
/// <remarks>
/// A random insert waits for memory, in a skip list at every level; an ascending one knows its place. Sorting first
/// costs a copy of the log in memory for a moment, and makes replaying several times faster: 300,000 records of 116
/// bytes take about 0.2 s instead of 0.9 s on a busy machine.
/// </remarks>
internal sealed class ReplayBuffer(long capacityBytes, Func<long, MemTable> newMemTable)
{
    private readonly List<RangeTombstone> _rangeTombstones = [];
    private readonly List<Entry> _entries = [];
    private byte[] _bytes = [];
    private int _length;
    private long _roomNeeded;

    // Where an entry lies in the buffer: key, then value. The prefix spares most comparisons a look there.
    private readonly record struct Entry(ulong Prefix, EntryTag Tag, int Offset, int KeyLength, int ValueLength);

    public bool IsEmpty => _roomNeeded == 0;

    /// <summary>Takes a batch, or returns false if it does not fit any more: build a MemTable first.</summary>
    public bool TryAdd(long version, ReadOnlySpan<byte> payload)
    {
        var needed = MemTable.RoomFor(payload);
        if (!IsEmpty && _roomNeeded + needed > capacityBytes)
            return false;
        _roomNeeded += needed;
        EnsureRoom(payload.Length);
        var reader = new BatchReader(payload);
        while (reader.TryNext(out var entry))
            Add(version, entry);
        return true;
    }

    /// <summary>Makes a MemTable of everything taken, and is empty again.</summary>
    public MemTable Build()
    {
        var memTable = newMemTable(Math.Max(capacityBytes, _roomNeeded));
        var entries = CollectionsMarshal.AsSpan(_entries);
        entries.Sort(new ByInternalKey(_bytes));
        foreach (ref readonly var entry in entries)
        {
            var key = _bytes.AsSpan(entry.Offset, entry.KeyLength);
            memTable.Add(key, entry.Tag, _bytes.AsSpan(entry.Offset + entry.KeyLength, entry.ValueLength));
        }
        foreach (var tombstone in _rangeTombstones)
            memTable.AddRangeTombstone(tombstone.Begin, tombstone.End, tombstone.Version);
        _entries.Clear();
        _rangeTombstones.Clear();
        _length = 0;
        _roomNeeded = 0;
        return memTable;
    }

    private void Add(long version, in BatchEntry entry)
    {
        if (entry.Kind == BatchEntryKind.DeleteRange)
        {
            _rangeTombstones.Add(new RangeTombstone(entry.Key.ToArray(), entry.End.ToArray(), version));
            return;
        }
        var kind = entry.Kind == BatchEntryKind.Put ? EntryKind.Value : EntryKind.Tombstone;
        var prefix = InternalKey.PrefixOf(entry.Key);
        _entries.Add(new Entry(prefix, new EntryTag(version, kind), _length, entry.Key.Length, entry.Value.Length));
        entry.Key.CopyTo(_bytes.AsSpan(_length));
        entry.Value.CopyTo(_bytes.AsSpan(_length + entry.Key.Length));
        _length += entry.Key.Length + entry.Value.Length;
    }

    private void EnsureRoom(int bytes)
    {
        if (_length + bytes <= _bytes.Length)
            return;
        var grown =
            GC.AllocateUninitializedArray<byte>(Math.Max(Math.Max(1 << 20, 2 * _bytes.Length), _length + bytes));
        _bytes.AsSpan(0, _length).CopyTo(grown);
        _bytes = grown;
    }

    private readonly struct ByInternalKey(byte[] bytes) : IComparer<Entry>
    {
        public int Compare(Entry left, Entry right)
        {
            if (left.Prefix != right.Prefix)
                return left.Prefix < right.Prefix ? -1 : 1;
            return InternalKey.Compare(
                bytes.AsSpan(left.Offset, left.KeyLength), left.Tag, bytes.AsSpan(right.Offset, right.KeyLength),
                right.Tag);
        }
    }
}
