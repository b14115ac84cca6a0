using FerrisDB.Storage;
using Entry = FerrisDB.Tests.MemTables.MemTableModel.Entry;

namespace FerrisDB.Tests.MemTables;

// Random entries go into a MemTable and into a model; then everything that can be asked is asked of both. Keys are made
// so that prefixes of eight bytes decide sometimes, sometimes not, and sometimes one key is a prefix of another or
// differs from it by zeros alone, which is where padding could mislead.
public sealed class MemTableModelTests
{
    private static readonly Comparer<(string Key, long NegativeVersion)> ByKeyThenNewest =
        Comparer<(string Key, long NegativeVersion)>.Create((left, right) =>
        {
            var order = string.CompareOrdinal(left.Key, right.Key);
            return order != 0 ? order : left.NegativeVersion.CompareTo(right.NegativeVersion);
        });

    [Theory]
    [InlineData(1, MemTableStructure.BTree)]
    [InlineData(2, MemTableStructure.BTree)]
    [InlineData(3, MemTableStructure.BTree)]
    [InlineData(4, MemTableStructure.BTree)]
    [InlineData(1, MemTableStructure.SkipList)]
    [InlineData(2, MemTableStructure.SkipList)]
    public void A_MemTable_answers_as_a_sorted_list_does(int seed, MemTableStructure structure)
    {
        var random = new Random(seed);
        var model = new MemTableModel();
        var memTable = new MemTable(1 << 20, (ulong)seed, number: 1, structure);
        try
        {
            for (var count = 0; count < 600; count++)
                AddRandom(random, model, memTable);

            memTable.AssertInvariants();
            Assert.Equal(model.Entries.Count, memTable.EntryCount);
            Assert.Equal(model.Entries.Min(entry => entry.Tag.Version), memTable.OldestVersion);
            Assert.Equal(model.Entries.Max(entry => entry.Tag.Version), memTable.NewestVersion);
            AssertScans(model, memTable);
            for (var question = 0; question < 1_000; question++)
                AssertAnswers(random, model, memTable);
        }
        finally
        {
            memTable.Release();
        }
    }

    [Theory]
    [InlineData(1, MemTableStructure.BTree)]
    [InlineData(2, MemTableStructure.BTree)]
    [InlineData(1, MemTableStructure.SkipList)]
    public void Batches_and_single_entries_make_the_same_content(int seed, MemTableStructure structure)
    {
        var random = new Random(seed);
        var model = new MemTableModel();
        var memTable = new MemTable(1 << 20, (ulong)seed, number: 1, structure);
        var batch = new WriteBatch();
        try
        {
            for (var version = 1; version <= 60; version++)
            {
                batch.Clear();
                var keys = Enumerable.Range(0, random.Next(1, 20)).Select(_ => RandomKey(random));
                foreach (var key in keys.ToHashSet(Bytes.Equality))
                {
                    var kind = random.Next(4) == 0 ? EntryKind.Tombstone : EntryKind.Value;
                    var value = kind == EntryKind.Value ? RandomValue(random) : [];
                    if (kind == EntryKind.Value)
                        batch.Put(key, value);
                    else
                        batch.Delete(key);
                    model.TryAdd(key, new EntryTag(version, kind), value);
                }
                memTable.Apply(version, batch.Canonicalize());
            }

            memTable.Seal();
            AssertScans(model, memTable);
            Assert.Equal((1, 60), (memTable.OldestVersion, memTable.NewestVersion));
        }
        finally
        {
            memTable.Release();
        }
    }

    // Enough entries for three levels of a tree, in orders that split nodes in every way, and with keys that have to be
    // told apart in every place: near their start, behind a long prefix, or by their version alone.
    [Theory]
    [InlineData(1, MemTableStructure.BTree, 0)]
    [InlineData(2, MemTableStructure.BTree, 24)]
    [InlineData(3, MemTableStructure.BTree, 33)]
    [InlineData(4, MemTableStructure.BTree, 1_000)]
    [InlineData(5, MemTableStructure.SkipList, 24)]
    public void Many_keys_that_begin_alike_stay_in_order(int seed, MemTableStructure structure, int prefixLength)
    {
        var random = new Random(seed);
        var expected = new SortedDictionary<(string Key, long NegativeVersion), byte>(ByKeyThenNewest);
        var memTable = new MemTable(64 << 20, (ulong)seed, number: 1, structure);
        try
        {
            var version = 0L;
            foreach (var key in KeysInAllOrders(random, count: 12_000))
            {
                // Some keys lie in front of what the others have in common, and some behind it.
                var head = random.Next(40) switch { 0 => 'a', 1 => 'z', _ => 'p' };
                var text = new string(head, prefixLength) + key;
                version++;
                memTable.Add(Ascii(text), new EntryTag(version, EntryKind.Value), [(byte)version]);
                expected.Add((text, -version), (byte)version);
            }

            memTable.Seal();
            using var cursor = memTable.OpenCursor();
            var isValid = cursor.SeekToFirst();
            foreach (var ((key, negativeVersion), value) in expected)
            {
                var isAsExpected = isValid && cursor.Key.SequenceEqual(Ascii(key)) &&
                    cursor.Tag.Version == -negativeVersion && cursor.Value[0] == value;
                if (!isAsExpected)
                    Assert.Fail($"seed {seed}: {key} at version {-negativeVersion} is not in its place");
                if (!memTable.TryGet(Ascii(key), -negativeVersion, out var tag, out _) || tag != cursor.Tag)
                    Assert.Fail($"seed {seed}: {key} at version {-negativeVersion} is not found");
                isValid = cursor.Next();
            }
            Assert.False(isValid);
        }
        finally
        {
            memTable.Release();
        }
    }

    private static IEnumerable<string> KeysInAllOrders(Random random, int count)
    {
        for (var index = 0; index < count; index++)
        {
            yield return (index * 6 / count) switch
            {
                0 => $"{random.Next():x8}",
                1 => $"m{index:d8}",
                2 => $"k{count - index:d8}",
                3 => $"n{index % 2:d2}{index:d8}",
                4 => $"{index % 7:d4}",
                _ => $"{random.Next(16):x1}{new string('0', random.Next(30))}",
            };
        }
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private static void AddRandom(Random random, MemTableModel model, MemTable memTable)
    {
        var key = RandomKey(random);
        var tag = new EntryTag(random.Next(1, 20), random.Next(4) == 0 ? EntryKind.Tombstone : EntryKind.Value);
        var value = tag.Kind == EntryKind.Value ? RandomValue(random) : [];
        if (model.TryAdd(key, tag, value))
            memTable.Add(key, tag, value);
    }

    private static void AssertScans(MemTableModel model, MemTable memTable)
    {
        var expected = model.Entries.Select(entry => entry.ToString()).ToArray();
        using var cursor = memTable.OpenCursor();

        var forwards = new List<string>();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            forwards.Add(Current(cursor)!);
        Assert.Equal(expected, forwards);

        var backwards = new List<string>();
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            backwards.Add(Current(cursor)!);
        backwards.Reverse();
        Assert.Equal(expected, backwards);
        AssertKeys(model, cursor);
    }

    // From key to key: whoever passes the versions it is shown between sees the newest of each, and no key is left out.
    private static void AssertKeys(MemTableModel model, ICursor cursor)
    {
        var newest = model.Entries.DistinctBy(entry => Convert.ToHexString(entry.Key));
        var seen = new List<string>();
        byte[]? last = null;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.NextKey())
        {
            if (last is null || !cursor.Key.SequenceEqual(last))
                seen.Add(Current(cursor)!);
            last = cursor.Key.ToArray();
        }
        Assert.Equal(newest.Select(entry => entry.ToString()), seen);
    }

    private static void AssertAnswers(Random random, MemTableModel model, MemTable memTable)
    {
        var key = RandomKey(random);
        var version = random.Next(0, 22);
        var isFound = memTable.TryGet(key, version, out var tag, out var value);
        Assert.Equal(model.Get(key, version)?.ToString(), isFound ? Entry.Describe(key, tag, value) : null);

        var at = random.Next(4) switch
        {
            0 => EntryTag.First,
            1 => EntryTag.Last,
            2 => EntryTag.SeekTo(version),
            _ => new EntryTag(version, EntryKind.Value),
        };
        using var cursor = memTable.OpenCursor();
        cursor.Seek(key, at);
        Assert.Equal(model.AtOrBehind(key, at)?.ToString(), Current(cursor));
        if (cursor.IsValid)
        {
            var standsAt = (Key: cursor.Key.ToArray(), cursor.Tag);
            cursor.Previous();
            Assert.Equal(model.Before(standsAt.Key, standsAt.Tag)?.ToString(), Current(cursor));
        }
        cursor.SeekBefore(key, at);
        Assert.Equal(model.Before(key, at)?.ToString(), Current(cursor));
        if (cursor.IsValid)
        {
            AssertNewer(cursor, version);
            cursor.SeekBefore(key, at);
            cursor.Next();
            Assert.Equal(model.AtOrBehind(key, at)?.ToString(), Current(cursor));
        }
    }

    private static void AssertNewer(ICursor cursor, long version)
    {
        var standsAt = (Key: cursor.Key.ToArray(), cursor.Tag);
        var hasMoved = cursor.TryMoveToNewer(version);
        Assert.Equal(standsAt.Key, cursor.Key.ToArray());
        Assert.Equal(hasMoved, cursor.Tag.CompareTo(standsAt.Tag) < 0);
        Assert.True(!hasMoved || cursor.Tag.Version <= version);
    }

    private static string? Current(ICursor cursor) =>
        cursor.IsValid ? Entry.Describe(cursor.Key, cursor.Tag, cursor.Value) : null;

    private static byte[] RandomKey(Random random)
    {
        var key = new byte[random.Next(0, 20)];
        for (var index = 0; index < key.Length; index++)
            key[index] = (byte)(random.Next(8) == 0 ? random.Next(256) : random.Next(2));
        if (random.Next(2) == 0)
            key.AsSpan(0, Math.Min(8, key.Length)).Fill((byte)'p');
        return key;
    }

    private static byte[] RandomValue(Random random)
    {
        var value = new byte[random.Next(0, 40)];
        random.NextBytes(value);
        return value;
    }
}
