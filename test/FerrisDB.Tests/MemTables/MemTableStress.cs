using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

// Writers add entries whose value says what it belongs to; a reader scans, both ways, seeks and gets all the while. It
// checks that keys ascend, that every value fits its key and version, and that what some writer had finished before is
// there: got by its key, and passed by every scan over its place. Half of the scans follow a writer to where it adds
// keys in ascending order, which is where a reader is disturbed if one is.
//
// All writers work in one narrow place of the key space, so that they meet at the same links. A B+tree has one writer.
internal sealed class MemTableStress(int seed, int entriesPerWriter, MemTableStructure structure)
{
    private const int Places = 100_000;

    private readonly MemTable _memTable = new(64 << 20, (ulong)seed, number: seed, structure);
    private readonly int[] _finished = new int[structure == MemTableStructure.BTree ? 1 : 3]; // added by each writer
    private readonly Dictionary<(int Writer, int Index), int> _seen = []; // the scan that saw an entry last
    private int _scans;
    private volatile string? _damage;
    private volatile bool _isDone;

    /// <summary>Returns what was found wrong, or null.</summary>
    public string? Run()
    {
        var writers = Enumerable.Range(0, _finished.Length)
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
        var place = PlaceOf(index);
        BinaryPrimitives.WriteUInt64BigEndian(key, place);
        BinaryPrimitives.WriteInt32BigEndian(key[8..], writer);
        var tag = new EntryTag(index + 1, EntryKind.Value);
        BinaryPrimitives.WriteUInt64BigEndian(value, tag.Packed);
        BinaryPrimitives.WriteInt32BigEndian(value[8..], writer);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], place);
        return tag;
    }

    // Half of the time ascending and interleaved with the other writers, half of the time scattered.
    private uint PlaceOf(int index) =>
        index % 2 == 0 ? (uint)index : (uint)(((ulong)(uint)(index + seed) * 2654435761) % Places);

    private void Read()
    {
        var random = new Random(seed);
        while (!_isDone && _damage is null)
        {
            Scan(random.Next(Places), steps: 500, isForward: random.Next(2) == 0);
            var edge = Volatile.Read(ref _finished[random.Next(_finished.Length)]);
            Scan(Math.Max(0, edge - random.Next(100)), steps: 200, isForward: true);
            for (var count = 0; count < 50; count++)
                GetOne(random);
        }
    }

    // From a place to the right, or from before it to the left.
    private void Scan(int place, int steps, bool isForward)
    {
        int[] finished = [.. _finished.Select((_, writer) => Volatile.Read(ref _finished[writer]))];
        var scan = ++_scans;
        Span<byte> key = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(key, (ulong)place);
        using var cursor = _memTable.OpenCursor();
        byte[]? lastKey = null;
        var lastTag = EntryTag.First;
        var isValid = isForward ? cursor.Seek(key, EntryTag.First) : cursor.SeekBefore(key, EntryTag.First);
        for (; isValid && steps-- > 0; isValid = isForward ? cursor.Next() : cursor.Previous())
        {
            CheckEntry(cursor.Key, cursor.Tag, cursor.Value);
            if (_damage is not null)
                return;
            var order = lastKey is null ? 1 : InternalKey.Compare(cursor.Key, cursor.Tag, lastKey, lastTag);
            if (isForward ? order <= 0 : order >= 0 && lastKey is not null)
                _damage = "the keys of a scan are not in order";
            lastKey = cursor.Key.ToArray();
            lastTag = cursor.Tag;
            _seen[(BinaryPrimitives.ReadInt32BigEndian(lastKey.AsSpan(8)), (int)lastTag.Version - 1)] = scan;
        }
        var reached = isValid && lastKey is not null ? (long)PlaceOf(lastKey) : isForward ? Places : -1;
        CheckComplete(scan, finished, isForward ? place : reached + 1, isForward ? reached : place);
    }

    // What was there before the scan began, in the places from begin to end, must have been seen.
    private void CheckComplete(int scan, int[] finished, long begin, long end)
    {
        for (var writer = 0; writer < finished.Length; writer++)
        {
            for (var index = 0; index < finished[writer]; index++)
            {
                var isCrossed = PlaceOf(index) >= begin && PlaceOf(index) < end;
                if (isCrossed && _seen.GetValueOrDefault((writer, index)) != scan)
                    _damage = $"a scan from {begin} to {end} missed entry {index} of writer {writer}";
            }
        }
    }

    private static ulong PlaceOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key);

    private void GetOne(Random random)
    {
        var writer = random.Next(_finished.Length);
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
        for (var writer = 0; writer < _finished.Length; writer++)
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
