using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

// Recovery loads batches through a run that is sorted and then linked; everybody else applies them one by one. Both
// must end in the same content, however keys look and however small the run is.
public sealed class MemTableLoadTests
{
    public static TheoryData<int, MemTableStructure, int, int> Cases => new()
    {
        // seed, structure, length of what keys have in common, entries of a run
        { 1, MemTableStructure.BTree, 0, 1 },
        { 2, MemTableStructure.BTree, 0, 7 },
        { 3, MemTableStructure.BTree, 5, 1_000 },
        { 4, MemTableStructure.BTree, 30, 2_000 },
        { 5, MemTableStructure.BTree, 100, EntryRun.CountMax },
        { 6, MemTableStructure.BTree, 0, EntryRun.CountMax },
        { 7, MemTableStructure.SkipList, 5, 100 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Loaded_batches_and_applied_ones_make_the_same_content(
        int seed, MemTableStructure structure, int commonLength, int runLength)
    {
        var random = new Random(seed);
        var applied = new MemTable(16 << 20, (ulong)seed, number: 1, structure);
        var loaded = new MemTable(16 << 20, (ulong)seed, number: 2, structure);
        try
        {
            using var run = new EntryRun(runLength);
            for (var version = 1; version <= 3_000; version++)
            {
                var payload = RandomBatch(random, commonLength, version).Canonicalize();
                applied.Apply(version, payload);
                loaded.Load(version, payload, run);
            }
            loaded.Link(run);
            Assert.Equal(0, run.Count);
            AssertEqual(applied, loaded, seed);

            // It goes on as any other.
            for (var version = 3_001; version <= 4_000; version++)
            {
                var payload = RandomBatch(random, commonLength, version).Canonicalize();
                applied.Apply(version, payload);
                loaded.Apply(version, payload);
            }
            AssertEqual(applied, loaded, seed);
        }
        finally
        {
            applied.Release();
            loaded.Release();
        }
    }

    [Fact]
    public void Keys_in_every_order_are_all_found_once_they_are_linked()
    {
        var orders = new Func<int, int>[]
        {
            index => index, // ascending: not even sorted
            index => 20_000 - index,
            index => (int)((uint)index * 2_654_435_761 % 1_000_003),
            index => index % 3, // three keys in many versions
            index => index % 2 == 0 ? index : 40_000 - index,
        };
        foreach (var order in orders)
        {
            var memTable = new MemTable(16 << 20, seed: 1, number: 1);
            using var run = new EntryRun(countMax: 6_000);
            var batch = new WriteBatch();
            for (var index = 0; index < 20_000; index++)
            {
                batch.Clear();
                batch.Put(KeyOf(order(index)), BitConverter.GetBytes(index));
                memTable.Load(index + 1, batch.Canonicalize(), run);
            }
            memTable.Link(run);
            memTable.Seal();
            for (var index = 0; index < 20_000; index++)
            {
                Assert.True(memTable.TryGet(KeyOf(order(index)), index + 1, out var tag, out var value));
                Assert.Equal((index + 1, index), (tag.Version, BitConverter.ToInt32(value)));
            }
            memTable.Release();
        }
    }

    // What waits in a run needs room among the nodes later: the arena throws if it was not asked for.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(16, 0)]
    [InlineData(16, 100)]
    [InlineData(900, 3_000)]
    public void A_replay_that_fills_MemTables_to_the_brim_has_room_for_their_nodes(int keyLength, int valueLength)
    {
        var random = new Random(keyLength + valueLength);
        var number = 0;
        using var replay = new LogReplay(1 << 20, bytes => new MemTable(bytes, seed: 1, ++number));
        var batch = new WriteBatch();
        var key = new byte[keyLength];
        for (var version = 1L; number < 4; version++)
        {
            random.NextBytes(key);
            batch.Clear();
            batch.Put(key, new byte[valueLength]);
            var payload = batch.Canonicalize();
            if (replay.TryAdd(version, payload))
                continue;
            var full = replay.Take();
            full.Seal();
            Assert.InRange(full.SizeBytes, full.CapacityBytes / 2, full.CapacityBytes);
            full.Release();
            Assert.True(replay.TryAdd(version, payload));
        }
    }

    private static void AssertEqual(MemTable expected, MemTable actual, int seed)
    {
        actual.AssertInvariants();
        Assert.Equal(expected.EntryCount, actual.EntryCount);
        Assert.Equal((expected.OldestVersion, expected.NewestVersion), (actual.OldestVersion, actual.NewestVersion));
        Assert.Equal(expected.RangeTombstones.FragmentCount, actual.RangeTombstones.FragmentCount);
        using var left = expected.OpenCursor();
        using var right = actual.OpenCursor();
        var isValid = left.SeekToFirst();
        Assert.Equal(isValid, right.SeekToFirst());
        while (isValid)
        {
            var isEqual = left.Tag == right.Tag && left.Key.SequenceEqual(right.Key) &&
                left.Value.SequenceEqual(right.Value);
            if (!isEqual)
                Assert.Fail($"seed {seed}: {Convert.ToHexString(right.Key)}@{right.Tag.Version} is not expected");
            isValid = left.Next();
            Assert.Equal(isValid, right.Next());
        }
    }

    private static WriteBatch RandomBatch(Random random, int commonLength, int version)
    {
        var batch = new WriteBatch();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var key = RandomKey(random, commonLength);
            if (random.Next(5) == 0)
                batch.Delete(key);
            else
                batch.Put(key, BitConverter.GetBytes(version));
        }
        if (version % 300 == 0)
            batch.DeleteRange([.. RandomKey(random, commonLength), 1], [0xff, 0xff]);
        return batch;
    }

    // Short keys, keys that differ by zeros alone, and one in a thousand that does not begin as the others do.
    private static byte[] RandomKey(Random random, int commonLength)
    {
        var key = new byte[commonLength + random.Next(0, 14)];
        for (var index = commonLength; index < key.Length; index++)
            key[index] = (byte)(random.Next(4) == 0 ? random.Next(256) : random.Next(2));
        key.AsSpan(0, commonLength).Fill((byte)(random.Next(1_000) == 0 ? 'a' : 'p'));
        return key;
    }

    private static byte[] KeyOf(int number) => System.Text.Encoding.ASCII.GetBytes($"table/{number:d8}");
}
