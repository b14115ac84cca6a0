using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

// One writer puts new versions of a few hundred keys, in order for a while, then from elsewhere on; now and then one
// key so often that its versions fill leaves. Readers pass from key to key all the while, and back by way of the newest
// version of each. What must hold for a reader that knows how far the writer was before it began:
//
//   forwards     each step leads to a greater key; no key that was there is left out; the version that it stands on is
//                at least the one that was the key's newest before
//   backwards    at a version: of each key, the newest one at or below it, for nothing at or below it is added any more
//
// The value names key and version, so that half an entry would show.
internal sealed class MemTableVersionsStress(int seed, int versions)
{
    private const int Keys = 400;
    private const int HotBurst = 150;

    private readonly MemTable _memTable = new(64 << 20, (ulong)seed, number: seed);
    private readonly int[] _keyOfVersion = new int[versions + 1];
    private long _written; // the newest version that is in; written by the writer alone
    private volatile string? _damage;
    private volatile bool _isDone;

    /// <summary>Returns what was found wrong, or null.</summary>
    public string? Run()
    {
        Draw();
        var readers = Enumerable.Range(1, 2).Select(reader => new Thread(() => Guarded(() => Read(reader)))).ToArray();
        foreach (var reader in readers)
            reader.Start();
        Guarded(Write);
        _isDone = true;
        foreach (var reader in readers)
            reader.Join();
        if (_damage is null)
            Guarded(_memTable.Seal); // asserts the invariants of the whole structure
        _memTable.Release();
        return _damage is null ? null : $"seed {seed}: {_damage}";
    }

    // Which key each version is of.
    private void Draw()
    {
        var random = new Random(seed);
        for (var version = 1; version <= versions;)
        {
            var key = random.Next(Keys);
            var isHot = random.Next(100) == 0;
            for (var count = isHot ? HotBurst : random.Next(1, 40); count > 0 && version <= versions; count--)
            {
                _keyOfVersion[version++] = key;
                if (!isHot)
                    key = (key + 1) % Keys;
            }
        }
    }

    private void Write()
    {
        Span<byte> key = stackalloc byte[12];
        Span<byte> value = stackalloc byte[16];
        for (var version = 1; version <= versions && _damage is null; version++)
        {
            Compose(_keyOfVersion[version], version, key, value);
            _memTable.Add(key, new EntryTag(version, EntryKind.Value), value);
            Volatile.Write(ref _written, version);
        }
    }

    private static void Compose(int key, long version, Span<byte> keyBytes, Span<byte> value)
    {
        "key:"u8.CopyTo(keyBytes);
        BinaryPrimitives.WriteInt64BigEndian(keyBytes[4..], key);
        BinaryPrimitives.WriteInt64BigEndian(value, key);
        BinaryPrimitives.WriteInt64BigEndian(value[8..], version);
    }

    private void Read(int reader)
    {
        var random = new Random((seed * 31) + reader);
        var newest = new long[Keys];
        while (!_isDone && _damage is null)
        {
            var written = Volatile.Read(ref _written);
            if (random.Next(3) == 0)
                written = random.NextInt64(written + 1);
            Array.Clear(newest);
            for (var version = 1; version <= written; version++)
                newest[_keyOfVersion[version]] = version;
            using var cursor = _memTable.OpenCursor();
            if (random.Next(3) == 0)
                CheckBackward(cursor, newest, written);
            else
                CheckForward(cursor, newest, random.Next(Keys));
        }
    }

    private void CheckForward(ICursor cursor, long[] newest, int first)
    {
        Span<byte> start = stackalloc byte[12];
        Span<byte> value = stackalloc byte[16];
        Compose(first, version: 0, start, value);
        var expected = first;
        var isValid = cursor.Seek(start, EntryTag.First);
        for (; isValid && _damage is null; isValid = cursor.NextKey())
        {
            var key = KeyOf(cursor);
            for (; expected < key; expected++)
            {
                if (newest[expected] > 0)
                    _damage = $"key {expected} was passed over on the way to key {key}";
            }
            if (key != expected)
                _damage = $"key {key} comes behind key {expected - 1}";
            else if (cursor.Tag.Version < newest[key])
                _damage = $"key {key} is shown at {cursor.Tag.Version}, and was written at {newest[key]}";
            expected++;
        }
        for (; expected < Keys && _damage is null; expected++)
        {
            if (newest[expected] > 0)
                _damage = $"key {expected} was missed at the end";
        }
    }

    // As a cursor for a version does it: from the oldest entry of each key to the newest that may be seen.
    private void CheckBackward(ICursor cursor, long[] newest, long version)
    {
        var found = new long[Keys];
        var last = Keys;
        for (var isValid = cursor.SeekToLast(); isValid && _damage is null; isValid = cursor.Previous())
        {
            var before = (KeyOf(cursor), cursor.Tag.Version);
            var hasMoved = cursor.TryMoveToNewer(version);
            var isNewer = cursor.Tag.Version > before.Version && cursor.Tag.Version <= version;
            if (hasMoved && (KeyOf(cursor) != before.Item1 || !isNewer))
                _damage = $"from {before} at {version} back to key {KeyOf(cursor)}, version {cursor.Tag.Version}";
            var key = KeyOf(cursor);
            if (key > last)
                _damage = $"key {key} comes before key {last}";
            last = key;
            if (cursor.Tag.Version <= version)
                found[key] = Math.Max(found[key], cursor.Tag.Version);
        }
        for (var key = 0; key < Keys && _damage is null; key++)
        {
            if (found[key] != newest[key])
                _damage = $"backwards key {key} has version {found[key]} at {version} instead of {newest[key]}";
        }
    }

    private int KeyOf(ICursor cursor)
    {
        var key = BinaryPrimitives.ReadInt64BigEndian(cursor.Key[4..]);
        var isWhole = cursor.Key.Length == 12 && cursor.Value.Length == 16
            && BinaryPrimitives.ReadInt64BigEndian(cursor.Value) == key
            && BinaryPrimitives.ReadInt64BigEndian(cursor.Value[8..]) == cursor.Tag.Version;
        Invariant.That(isWhole && key < Keys);
        return (int)key;
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
