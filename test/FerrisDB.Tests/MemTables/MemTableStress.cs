using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

// Writers add entries whose value says what it belongs to; readers scan, seek and get all the while. A reader checks
// that keys ascend, that every value fits its key and version, and that what some writer has finished is there.
//
// All writers work in one narrow place of the key space, so that they meet at the same links.
internal sealed class MemTableStress(int seed, int entriesPerWriter)
{
    private const int Writers = 3;

    private readonly MemTable _memTable = new(64 << 20, (ulong)seed, number: seed);
    private readonly int[] _finished = new int[Writers]; // entries that each writer has added
    private volatile string? _damage;
    private volatile bool _isDone;

    /// <summary>Returns what was found wrong, or null.</summary>
    public string? Run()
    {
        var writers = Enumerable.Range(0, Writers)
            .Select(writer => new Thread(() => Guarded(() => Write(writer)))).ToArray();
        var reader = new Thread(() => Guarded(Read));
        reader.Start();
        foreach (var writer in writers)
            writer.Start();
        foreach (var writer in writers)
            writer.Join();
        _isDone = true;
        reader.Join();
        if (_damage is null)
            Guarded(() => CheckAll());
        _memTable.Release();
        return _damage;
    }

    private void Write(int writer)
    {
        var key = new byte[12];
        var value = new byte[16];
        for (var index = 0; index < entriesPerWriter && _damage is null; index++)
        {
            var tag = Compose(writer, index, key, value);
            _memTable.Add(key, tag, value);
            Volatile.Write(ref _finished[writer], index + 1);
        }
    }

    // Writer and index decide key and version; keys of different writers alternate.
    private EntryTag Compose(int writer, int index, Span<byte> key, Span<byte> value)
    {
        // Half of the time ascending and interleaved with the others, half of the time scattered.
        var place = index % 2 == 0 ? (uint)index : (uint)(((ulong)(uint)(index + seed) * 2654435761) % 100_000);
        BinaryPrimitives.WriteUInt64BigEndian(key, place);
        BinaryPrimitives.WriteInt32BigEndian(key[8..], writer);
        var tag = new EntryTag(index + 1, EntryKind.Value);
        BinaryPrimitives.WriteUInt64BigEndian(value, tag.Packed);
        BinaryPrimitives.WriteInt32BigEndian(value[8..], writer);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], place);
        return tag;
    }

    private void Read()
    {
        var random = new Random(seed);
        while (!_isDone && _damage is null)
        {
            ScanFrom(random.Next(100_000), steps: 500);
            GetOne(random);
        }
    }

    private void ScanFrom(int place, int steps)
    {
        Span<byte> key = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(key, (ulong)place);
        using var cursor = _memTable.OpenCursor();
        byte[] lastKey = [];
        var lastTag = EntryTag.First;
        for (var isValid = cursor.Seek(key, EntryTag.First); isValid && steps-- > 0; isValid = cursor.Next())
        {
            CheckEntry(cursor.Key, cursor.Tag, cursor.Value);
            if (InternalKey.Compare(lastKey, lastTag, cursor.Key, cursor.Tag) >= 0)
                _damage = "the keys of a scan do not ascend";
            lastKey = cursor.Key.ToArray();
            lastTag = cursor.Tag;
        }
    }

    private void GetOne(Random random)
    {
        var writer = random.Next(Writers);
        var finished = Volatile.Read(ref _finished[writer]);
        if (finished > 0)
            CheckPresent(writer, random.Next(finished));
    }

    private void CheckPresent(int writer, int index)
    {
        Span<byte> key = stackalloc byte[12];
        Span<byte> value = stackalloc byte[16];
        var tag = Compose(writer, index, key, value);
        if (!_memTable.TryGet(key, tag.Version, out var foundTag, out var foundValue))
            _damage = $"entry {index} of writer {writer} is gone";
        else if (foundTag != tag || !foundValue.SequenceEqual(value))
            _damage = $"entry {index} of writer {writer} has the content of another";
    }

    private void CheckEntry(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value)
    {
        var isItsOwn = key.Length == 12 && value.Length == 16 &&
            BinaryPrimitives.ReadUInt64BigEndian(value) == tag.Packed &&
            BinaryPrimitives.ReadInt32BigEndian(value[8..]) == BinaryPrimitives.ReadInt32BigEndian(key[8..]) &&
            BinaryPrimitives.ReadUInt32BigEndian(value[12..]) == BinaryPrimitives.ReadUInt64BigEndian(key);
        if (!isItsOwn)
            _damage = "a reader met a half-written entry";
    }

    private void CheckAll()
    {
        _memTable.Seal(); // asserts the invariants of the whole structure
        for (var writer = 0; writer < Writers; writer++)
        {
            for (var index = 0; index < entriesPerWriter && _damage is null; index++)
                CheckPresent(writer, index);
        }
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (InvariantException broken)
        {
            _damage = broken.Message;
        }
    }
}
