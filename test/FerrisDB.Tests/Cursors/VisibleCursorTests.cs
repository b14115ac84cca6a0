using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Cursors;

// A history of puts, deletes and range deletes is dealt out to runs by age, as a tree would. A cursor at any version
// must show what a plain map shows after the history up to that version, in both directions, from anywhere.
public sealed class VisibleCursorTests(ITestOutputHelper output)
{
    private sealed record Operation(long Version, string Begin, string? End, string? Value);

    [Fact]
    public void A_cursor_shows_what_a_map_shows_at_every_version_in_both_directions()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            try
            {
                Check(seed);
            }
            catch (Exception)
            {
                output.WriteLine($"seed {seed}");
                throw;
            }
        }
    }

    private static void Check(int seed)
    {
        var random = new Random(seed);
        var history = RandomHistory(random);
        var newest = history[^1].Version;
        for (var repeat = 0; repeat < 8; repeat++)
        {
            var version = random.NextInt64(1, newest + 1);
            var (lower, upper) = RandomBounds(random);
            var expected = Model(history, version).Where(pair =>
                    (lower is null || string.CompareOrdinal(pair.Key, lower) >= 0)
                    && (upper is null || string.CompareOrdinal(pair.Key, upper) < 0))
                .ToList();
            var cursor = Open(history, random.Next(1, 5), version, lower, upper);
            CheckWalks(cursor, expected);
            CheckRandomMoves(cursor, expected, random, lower, upper);
        }
    }

    private static void CheckWalks(VisibleCursor cursor, List<KeyValuePair<string, string>> expected)
    {
        var seen = new List<KeyValuePair<string, string>>();
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            seen.Add(Current(cursor));
        Assert.Equal(expected, seen);
        seen.Clear();
        for (var isValid = cursor.SeekToLast(); isValid; isValid = cursor.Previous())
            seen.Add(Current(cursor));
        seen.Reverse();
        Assert.Equal(expected, seen);
    }

    private static void CheckRandomMoves(
        VisibleCursor cursor, List<KeyValuePair<string, string>> expected, Random random, string? lower, string? upper)
    {
        var place = -1;
        for (var move = 0; move < 60; move++)
        {
            var key = RandomKey(random);
            bool isValid;
            switch (random.Next(place >= 0 && place < expected.Count ? 4 : 2))
            {
                case 0:
                    isValid = cursor.Seek(Bytes(key));
                    place = expected.FindIndex(pair => string.CompareOrdinal(pair.Key, key) >= 0);
                    break;
                case 1:
                    isValid = cursor.SeekBefore(Bytes(key));
                    place = expected.FindLastIndex(pair => string.CompareOrdinal(pair.Key, key) < 0);
                    break;
                case 2:
                    isValid = cursor.Next();
                    place++;
                    break;
                default:
                    isValid = cursor.Previous();
                    place--;
                    break;
            }
            Assert.Equal(place >= 0 && place < expected.Count, isValid);
            if (isValid)
                Assert.Equal(expected[place], Current(cursor));
            else
                place = -1;
        }
        Assert.True(lower is null || upper is null || string.CompareOrdinal(lower, upper) <= 0);
    }

    private static VisibleCursor Open(List<Operation> history, int runCount, long version, string? lower, string? upper)
    {
        var cursor = new VisibleCursor();
        cursor.Reset(
            version, lower is null ? null : Bytes(lower), upper is null ? null : Bytes(upper), keysOnly: false);
        var perRun = (history.Count + runCount - 1) / runCount;
        var run = 0;
        foreach (var operations in history.Chunk(perRun).Reverse())
        {
            var points = operations.Where(operation => operation.End is null).Select(operation => (
                Bytes(operation.Begin),
                new EntryTag(operation.Version, operation.Value is null ? EntryKind.Tombstone : EntryKind.Value),
                Bytes(operation.Value ?? "")));
            var ranges = operations.Where(operation => operation.End is not null).Select(operation =>
                new RangeTombstone(Bytes(operation.Begin), Bytes(operation.End!), operation.Version));
            cursor.Merge.Add(new ListCursor(points), run);
            cursor.AddRangeTombstones(RangeTombstoneSet.Build(ranges), run);
            run++;
        }
        return cursor;
    }

    private static SortedDictionary<string, string> Model(List<Operation> history, long version)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var operation in history.Where(operation => operation.Version <= version))
        {
            if (operation.End is not null)
            {
                foreach (var key in map.Keys.Where(key => IsWithin(key, operation)).ToList())
                    map.Remove(key);
            }
            else if (operation.Value is null)
            {
                map.Remove(operation.Begin);
            }
            else
            {
                map[operation.Begin] = operation.Value;
            }
        }
        return map;
    }

    private static bool IsWithin(string key, Operation range) =>
        string.CompareOrdinal(key, range.Begin) >= 0 && string.CompareOrdinal(key, range.End) < 0;

    private static List<Operation> RandomHistory(Random random)
    {
        var history = new List<Operation>();
        var version = 0L;
        var count = random.Next(1, 120);
        for (var index = 0; index < count; index++)
        {
            version += random.Next(1, 3);
            var (first, second) = (RandomKey(random), RandomKey(random));
            var isOrdered = string.CompareOrdinal(first, second) < 0;
            history.Add(random.Next(12) switch
            {
                0 when first != second => new Operation(
                    version, isOrdered ? first : second, isOrdered ? second : first, null),
                < 4 => new Operation(version, first, null, null),
                _ => new Operation(version, first, null, $"{first}@{version}"),
            });
        }
        return history;
    }

    private static (string? Lower, string? Upper) RandomBounds(Random random)
    {
        var (first, second) = (RandomKey(random), RandomKey(random));
        if (string.CompareOrdinal(first, second) > 0)
            (first, second) = (second, first);
        return (random.Next(2) == 0 ? null : first, random.Next(2) == 0 ? null : second);
    }

    // Few keys, so that each has many versions; some longer than a prefix and alike in it.
    private static string RandomKey(Random random) =>
        random.Next(3) == 0 ? $"commonprefix{random.Next(12):00}" : ((char)('a' + random.Next(12))).ToString();

    private static KeyValuePair<string, string> Current(VisibleCursor cursor) =>
        new(Encoding.UTF8.GetString(cursor.Key), Encoding.UTF8.GetString(cursor.Value));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
