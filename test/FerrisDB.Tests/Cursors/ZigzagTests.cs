using System.Text;
using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Cursors;

// A cursor walks to and fro over a database of small blocks: some steps on, some back, so that it turns at every place
// of a block and of an interval, and crosses their borders both ways. A sorted map of the same writes says what it must
// show. Keys are made so that neighbours have much in common, little, or are a beginning of each other, which is what
// decides how a key is put together from the restart key.
public sealed class ZigzagTests(ITestOutputHelper output)
{
    private const int Writes = 1500;

    // Where what was written last is when the cursor looks.
    private const string InTheSameRun = "in the same run";
    private const string InATableOfItsOwn = "in a table of its own";
    private const string InTheMemTable = "in the MemTable";

    [Theory]
    [InlineData(InTheSameRun, false)]
    [InlineData(InTheSameRun, true)]
    [InlineData(InATableOfItsOwn, false)]
    [InlineData(InATableOfItsOwn, true)]
    [InlineData(InTheMemTable, false)]
    [InlineData(InTheMemTable, true)]
    public async Task A_walk_to_and_fro_shows_what_a_map_shows(string newest, bool deletesRanges)
    {
        foreach (var seed in Seeds.ToTry(standard: 4))
        {
            output.WriteLine($"FERRIS_SEED={seed}");
            var random = new Random(seed);
            using var engine = StorageEngine.Open("db", new StorageOptions
            {
                FileSystem = new MemoryFileSystem(),
                BlockSizeBytes = 1 << random.Next(6, 13),
                LargeValueBytesMin = 0,
            });
            var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
            Write(engine, map, random, Writes, deletesRanges);
            await SettleAsync(engine);
            Write(engine, map, random, Writes / 20, deletesRanges);
            if (newest == InTheSameRun)
                await SettleAsync(engine);
            else if (newest == InATableOfItsOwn)
                await engine.FlushAsync();
            Walk(engine, [.. map], random);
        }
    }

    private static async Task SettleAsync(StorageEngine engine)
    {
        await engine.FlushAsync();
        await engine.CompactAsync();
    }

    private static void Write(
        StorageEngine engine, SortedDictionary<string, string> map, Random random, int count, bool deletesRanges)
    {
        for (var write = 0; write < count; write++)
        {
            var (key, other) = (RandomKey(random), RandomKey(random));
            if (deletesRanges && key != other && random.Next(100) == 0)
            {
                var (begin, end) = string.CompareOrdinal(key, other) < 0 ? (key, other) : (other, key);
                end = string.CompareOrdinal(end, begin + "3") > 0 ? begin + "3" : end;
                engine.DeleteRange(Bytes(begin), Bytes(end));
                foreach (var hidden in map.Keys.Where(candidate => IsWithin(candidate, begin, end)).ToList())
                    map.Remove(hidden);
            }
            else if (random.Next(20) == 0)
            {
                engine.Delete(Bytes(key));
                map.Remove(key);
            }
            else
            {
                map[key] = $"{key}={write}";
                engine.Put(Bytes(key), Bytes(map[key]));
            }
        }
    }

    private static void Walk(StorageEngine engine, KeyValuePair<string, string>[] expected, Random random)
    {
        using var cursor = engine.OpenCursor();
        var place = 0;
        AssertStandsOn(expected, place, cursor.SeekToFirst(), cursor);
        while (place < expected.Length)
        {
            for (var on = random.Next(1, 60); on > 0 && place < expected.Length; on--)
                AssertStandsOn(expected, ++place, cursor.Next(), cursor);
            for (var back = random.Next(1, 40); back > 0 && place > 0 && place < expected.Length; back--)
                AssertStandsOn(expected, --place, cursor.Previous(), cursor);
        }
        place = expected.Length - 1;
        AssertStandsOn(expected, place, cursor.SeekToLast(), cursor);
        while (place >= 0)
            AssertStandsOn(expected, --place, cursor.Previous(), cursor);
    }

    private static void AssertStandsOn(
        KeyValuePair<string, string>[] expected, int place, bool isValid, Cursor cursor)
    {
        Assert.Equal((uint)place < (uint)expected.Length, isValid);
        if (isValid)
            Assert.Equal(expected[place], new(Text(cursor.Key), Text(cursor.Value)));
    }

    // Up to twenty letters of an alphabet of three: many keys begin with another key.
    private static string RandomKey(Random random)
    {
        var key = new StringBuilder(random.Next(2) == 0 ? "a/prefix/longer/than/eight/" : "");
        for (var letters = random.Next(1, 20); letters > 0; letters--)
            key.Append((char)('0' + random.Next(3)));
        return key.ToString();
    }

    private static bool IsWithin(string key, string begin, string end) =>
        string.CompareOrdinal(key, begin) >= 0 && string.CompareOrdinal(key, end) < 0;

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
