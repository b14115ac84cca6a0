using FerrisDB.Storage;

namespace FerrisDB.Tests;

/// <summary>The simplest table there is, a sorted list, and random ones of many shapes made from a seed.</summary>
internal sealed class TableModel(IEnumerable<ModelEntry> entries)
{
    public List<ModelEntry> Entries { get; } =
        [.. entries.Order().DistinctBy(entry => (Convert.ToHexString(entry.Key), entry.Tag.Version))];

    /// <summary>Index of the first entry at or behind (key, tag).</summary>
    public int LowerBound(byte[] key, EntryTag tag)
    {
        var index = Entries.FindIndex(entry => InternalKey.Compare(entry.Key, entry.Tag, key, tag) >= 0);
        return index >= 0 ? index : Entries.Count;
    }

    public ModelEntry? Get(byte[] key, long version)
    {
        var index = LowerBound(key, EntryTag.SeekTo(version));
        return index < Entries.Count && Entries[index].Key.AsSpan().SequenceEqual(key) ? Entries[index] : null;
    }

    /// <summary>A key of the table, or one next to it, or any.</summary>
    public byte[] KeyNear(Random random)
    {
        var key = Entries[random.Next(Entries.Count)].Key;
        return random.Next(6) switch
        {
            0 => [.. key, 0],
            1 => key[..random.Next(key.Length + 1)],
            2 when key.Length > 0 => [.. key[..^1], (byte)(key[^1] + 1)],
            3 when key.Length > 0 => [.. key[..^1], (byte)(key[^1] - 1), 0xff],
            4 => RandomBytes(random, random.Next(12)),
            _ => key,
        };
    }

    public static TableModel Random(Random random, int count)
    {
        var prefix = RandomBytes(random, random.Next(3) * random.Next(30));
        var shape = random.Next(4);
        var keys = new List<byte[]>();
        for (var index = 0; index < count; index++)
            keys.Add([.. prefix, .. Suffix(random, shape, index)]);
        if (random.Next(3) == 0)
            keys.Add([]);
        var versionMax = 1L << random.Next(1, 50);
        var valueMax = 1 << random.Next(9);
        return new TableModel(keys.SelectMany(key =>
        {
            var versions = random.Next(20) == 0 ? random.Next(1, 60) : 1;
            return Enumerable.Range(0, versions).Select(_ => Entry(random, key, versionMax, valueMax));
        }));
    }

    public static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static ModelEntry Entry(Random random, byte[] key, long versionMax, int valueMax)
    {
        var isTombstone = random.Next(8) == 0;
        var tag = new EntryTag(random.NextInt64(versionMax) + 1, isTombstone ? EntryKind.Tombstone : EntryKind.Value);
        var length = random.Next(200) == 0 ? random.Next(60_000) : random.Next(valueMax);
        // Half of a value repeats, so that compression has something to do.
        byte[] value = [.. RandomBytes(random, length / 2), .. new byte[length - (length / 2)]];
        return new ModelEntry(key, tag, isTombstone ? [] : value);
    }

    // Counters (long equal prefixes), short and dense, random, and paths with segments.
    private static byte[] Suffix(Random random, int shape, int index) => shape switch
    {
        0 => System.Text.Encoding.ASCII.GetBytes($"{index * 3:d16}"),
        1 => RandomBytes(random, random.Next(1, 4)),
        2 => RandomBytes(random, random.Next(4, 40)),
        _ => System.Text.Encoding.ASCII.GetBytes(
            $"/users/{random.Next(5)}/some-long-collection-name/{random.Next(4)}/{random.Next(1000):d12}"),
    };
}
