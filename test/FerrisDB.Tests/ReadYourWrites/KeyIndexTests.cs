using FerrisDB.TestKit;

namespace FerrisDB.Tests;

/// <summary>Many keys, so that leaves split and go, against a sorted list.</summary>
public sealed class KeyIndexTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_index_finds_what_a_sorted_list_has(bool isAscending)
    {
        foreach (var seed in Seeds.ToTry(4))
        {
            var random = new Random(seed);
            var store = new WriteStore();
            var index = new KeyIndex(store);
            var model = new SortedList<string, int>(StringComparer.Ordinal);
            for (var round = 0; round < 3_000; round++)
            {
                Insert(store, index, model, isAscending ? Key(round) : Key(random.Next(100_000)));
                if (random.Next(isAscending ? 1_000 : 100) == 0)
                    Remove(index, model, random);
                if (random.Next(300) == 0)
                    Compare(store, index, model, random, seed);
            }
            Compare(store, index, model, random, seed);
            store.Clear();
            index.Clear();
            Assert.True(index.IsEmpty);
            Assert.Equal(IndexPosition.BeforeFirst, index.Floor("a"u8, out _));
        }
    }

    private static void Insert(WriteStore store, KeyIndex index, SortedList<string, int> model, byte[] key)
    {
        var floor = index.Floor(key, out var isExact);
        Assert.Equal(model.ContainsKey(Text(key)), isExact);
        if (isExact)
            return;
        var entry = store.AddEntry(key, WriteEntryFlags.None);
        index.InsertAfter(floor, entry);
        model.Add(Text(key), entry);
    }

    private static void Remove(KeyIndex index, SortedList<string, int> model, Random random)
    {
        var first = random.Next(model.Count);
        var count = random.Next(10) == 0 ? model.Count - first : random.Next(Math.Min(400, model.Count - first));
        if (count == 0)
            return;
        var after = index.Previous(index.Floor(Convert.FromHexString(model.GetKeyAtIndex(first)), out _));
        var through = index.Floor(Convert.FromHexString(model.GetKeyAtIndex(first + count - 1)), out _);
        index.RemoveRange(after, through);
        for (var removed = 0; removed < count; removed++)
            model.RemoveAt(first);
    }

    private static void Compare(
        WriteStore store, KeyIndex index, SortedList<string, int> model, Random random, int seed)
    {
        var position = IndexPosition.BeforeFirst;
        foreach (var (key, entry) in model)
        {
            var before = position;
            Assert.True(index.TryNext(ref position) && index.EntryAt(position) == entry, $"FERRIS_SEED={seed}: {key}");
            Assert.Equal(before, index.Previous(position));
            Assert.Equal(position, index.Floor(store.Key(entry), out _));
        }
        Assert.Equal(position, index.Last);
        Assert.False(index.TryNext(ref position));
        for (var round = 0; round < 30; round++)
        {
            var key = Key(random.Next(100_000))[..random.Next(1, 10)];
            var text = Text(key);
            var expected = -1;
            foreach (var (each, entry) in model)
                expected = string.CompareOrdinal(each, text) <= 0 ? entry : expected;
            var floor = index.Floor(key, out _);
            Assert.True((floor.IsBeforeFirst ? -1 : index.EntryAt(floor)) == expected, $"FERRIS_SEED={seed}");
        }
    }

    // Ten bytes, of which eight are not enough to tell two keys apart.
    private static byte[] Key(int number) => System.Text.Encoding.ASCII.GetBytes($"key/{number:D6}");

    private static string Text(byte[] key) => Convert.ToHexStringLower(key);
}
