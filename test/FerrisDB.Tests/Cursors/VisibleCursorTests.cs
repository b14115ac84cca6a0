using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Cursors;

// A history of puts, deletes and range deletes is dealt out to runs by age, as a tree would. A cursor at any version
// must show what a plain map shows after the history up to that version, in both directions, from anywhere. The runs
// are lists, or tables of small blocks, some of which a cursor may pass on a streak.
public sealed class VisibleCursorTests(ITestOutputHelper output) : IDisposable
{
    private readonly List<TestTable> _tables = [];

    private sealed record Operation(long Version, string Begin, string? End, string? Value);

    // How many keys there are, and how many operations in a dozen delete.
    private sealed record Shape(int Keys, int Deletes, int RangeDeletes);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cursor_shows_what_a_map_shows_at_every_version_in_both_directions(bool onTables)
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            try
            {
                Check(seed, onTables);
            }
            catch (Exception)
            {
                output.WriteLine($"seed {seed}");
                throw;
            }
        }
    }

    public void Dispose() => _tables.ForEach(table => table.Dispose());

    private void Check(int seed, bool onTables)
    {
        var random = new Random(seed);
        var shape = onTables
            ? new Shape(random.Next(2) == 0 ? 12 : 200, random.Next(3), random.Next(4) == 0 ? 1 : 0)
            : new Shape(12, 3, 1);
        var history = RandomHistory(random, shape);
        var newest = history[^1].Version;
        for (var repeat = 0; repeat < 8; repeat++)
        {
            var version = random.NextInt64(1, newest + 1);
            var (lower, upper) = RandomBounds(random, shape);
            var expected = Model(history, version).Where(pair =>
                    (lower is null || string.CompareOrdinal(pair.Key, lower) >= 0)
                    && (upper is null || string.CompareOrdinal(pair.Key, upper) < 0))
                .ToList();
            var runs = random.Next(1, 5);
            var cursor = Open(history, runs, version, lower, upper, onTables ? random : null);
            CheckWalks(cursor, expected);
            CheckRandomMoves(cursor, expected, random, shape);
            cursor.Clear();
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
        VisibleCursor cursor, List<KeyValuePair<string, string>> expected, Random random, Shape shape)
    {
        var place = -1;
        for (var move = 0; move < 100; move++)
        {
            var key = RandomKey(random, shape);
            bool isValid;
            switch (random.Next(place >= 0 && place < expected.Count ? 12 : 2))
            {
                case 0:
                    isValid = cursor.Seek(Bytes(key));
                    place = expected.FindIndex(pair => string.CompareOrdinal(pair.Key, key) >= 0);
                    break;
                case 1:
                    isValid = cursor.SeekBefore(Bytes(key));
                    place = expected.FindLastIndex(pair => string.CompareOrdinal(pair.Key, key) < 0);
                    break;
                case < 7:
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
    }

    private VisibleCursor Open(
        List<Operation> history, int runCount, long version, string? lower, string? upper, Random? tableShape)
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
            cursor.Merge.Add(tableShape is null ? new ListCursor(points) : OnTable(points, tableShape), run);
            cursor.AddRangeTombstones(RangeTombstoneSet.Build(ranges), run);
            run++;
        }
        return cursor;
    }

    private ICursor OnTable(IEnumerable<(byte[] Key, EntryTag Tag, byte[] Value)> points, Random random)
    {
        var model = new TableModel(points.Select(point => new ModelEntry(point.Item1, point.Item2, point.Item3)));
        if (model.Entries.Count == 0)
            return new ListCursor([]);
        var options = new SSTableWriterOptions { BlockSizeBytes = random.Next(1, 1000) };
        var table = TestTable.Create(model, options);
        _tables.Add(table);
        return table.Reader.OpenCursor();
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

    private static List<Operation> RandomHistory(Random random, Shape shape)
    {
        var history = new List<Operation>();
        var version = 0L;
        var count = random.Next(1, 120);
        for (var index = 0; index < count; index++)
        {
            version += random.Next(1, 3);
            var (first, second) = (RandomKey(random, shape), RandomKey(random, shape));
            var isOrdered = string.CompareOrdinal(first, second) < 0;
            var dice = random.Next(12);
            if (dice < shape.RangeDeletes && first != second)
                history.Add(new Operation(version, isOrdered ? first : second, isOrdered ? second : first, null));
            else if (dice < shape.RangeDeletes + shape.Deletes)
                history.Add(new Operation(version, first, null, null));
            else
                history.Add(new Operation(version, first, null, $"{first}@{version}"));
        }
        return history;
    }

    private static (string? Lower, string? Upper) RandomBounds(Random random, Shape shape)
    {
        var (first, second) = (RandomKey(random, shape), RandomKey(random, shape));
        if (string.CompareOrdinal(first, second) > 0)
            (first, second) = (second, first);
        return (random.Next(2) == 0 ? null : first, random.Next(2) == 0 ? null : second);
    }

    // Few keys have many versions each; some are longer than a prefix and alike in it.
    private static string RandomKey(Random random, Shape shape)
    {
        var number = random.Next(shape.Keys);
        return random.Next(3) == 0
            ? $"commonprefix{number:00}"
            : new string((char)('a' + (number % 12)), 1 + (number / 12));
    }

    private static KeyValuePair<string, string> Current(VisibleCursor cursor) =>
        new(Encoding.UTF8.GetString(cursor.Key), Encoding.UTF8.GetString(cursor.Value));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
