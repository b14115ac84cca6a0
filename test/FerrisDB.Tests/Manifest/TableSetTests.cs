using System.Globalization;
using System.Text;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Manifest;

// Lookups of random sets are compared with searches through a list; references are counted by hand.
public sealed class TableSetTests
{
    private const int KeyCount = 300;

    [Fact]
    public void Lookups_find_what_a_search_through_all_tables_finds()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var placed = RandomTables(random);
            var set = new TableSet()
                .Apply(new ManifestEdit { AddedTables = placed }, metadata => new TableHandle(metadata));

            for (var count = 0; count < 200; count++)
            {
                var (low, high) = (random.Next(-1, KeyCount), random.Next(-1, KeyCount));
                if (low == high)
                    continue;
                var range = new KeyRange(Key(Math.Min(low, high)), Key(Math.Max(low, high)));
                for (var level = 0; level < TableSet.LevelCount; level++)
                    AssertLookups(
                        set, placed.Where(table => table.Level == level).ToList(), level, range, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Sizes_and_counts_are_those_of_the_tables()
    {
        var placed = RandomTables(new Random(1));
        var set = new TableSet()
            .Apply(new ManifestEdit { AddedTables = placed }, metadata => new TableHandle(metadata));

        Assert.Equal(placed.Count, set.TableCount);
        Assert.Equal(placed.Sum(table => table.Metadata.SizeBytes), set.SizeBytes);
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            var tables = placed.Where(table => table.Level == level);
            Assert.Equal(tables.Sum(table => table.Metadata.SizeBytes), set.LevelSizeBytes(level));
        }
    }

    [Fact]
    public void L0_is_ordered_newest_first()
    {
        var tables = new[] { (1, 30), (2, 10), (3, 20) };
        var edit = new ManifestEdit
        {
            AddedTables =
                [.. tables.Select(table => new PlacedTable(0, TestEdits.Table(table.Item1, "a", "b", table.Item2)))],
        };

        var set = new TableSet().Apply(edit, metadata => new TableHandle(metadata));

        Assert.Equal([1L, 3L, 2L], set.Level(0).ToArray().Select(table => table.FileNumber));
    }

    [Fact]
    public void A_table_outlives_its_removal_for_as_long_as_some_set_names_it()
    {
        var deleted = new List<long>();
        var first = new TableSet()
            .Apply(Add(1, 2), metadata => new TableHandle(metadata, table => deleted.Add(table.FileNumber)));
        Assert.True(first.TryAcquire()); // a reader
        var second = Replace(first, new ManifestEdit { RemovedTables = [new TablePlace(0, 1)] });

        Assert.Empty(deleted);
        first.Release();
        Assert.Equal([1L], deleted);
        second.Release();
        Assert.Equal([1L], deleted); // table 2 is not obsolete: closing deletes nothing
    }

    [Fact]
    public void A_table_that_moves_keeps_its_handle_and_its_file()
    {
        var deleted = new List<long>();
        var first = new TableSet()
            .Apply(Add(1), metadata => new TableHandle(metadata, table => deleted.Add(table.FileNumber)));
        var handle = first.Level(0)[0];
        var move = new ManifestEdit
        {
            RemovedTables = [new TablePlace(0, 1)],
            AddedTables = [new PlacedTable(6, handle.Metadata)],
        };

        var second = Replace(first, move);

        Assert.Same(handle, second.Level(6)[0]);
        Assert.False(handle.IsObsolete);
        Assert.Equal(1, handle.ReferenceCount);
        Assert.Empty(deleted);
    }

    [Fact]
    public void A_set_that_is_gone_cannot_be_acquired()
    {
        var set = new TableSet();
        set.Release();

        Assert.False(set.TryAcquire());
        Assert.Throws<InvariantException>(set.Release);
    }

    [Fact]
    public void A_set_with_tables_that_overlap_below_L0_is_refused()
    {
        var edit = new ManifestEdit
        {
            AddedTables =
            [
                new PlacedTable(1, TestEdits.Table(1, "a", "f")),
                new PlacedTable(1, TestEdits.Table(2, "e", "g")),
            ],
        };

        Assert.Throws<InvariantException>(() => new TableSet().Apply(edit, metadata => new TableHandle(metadata)));
    }

    [Fact]
    public void The_last_of_many_threads_deletes_an_obsolete_file_once()
    {
        var deletions = 0;
        var handle = new TableHandle(TestEdits.Table(1, "a", "b"), _ => Interlocked.Increment(ref deletions));
        Parallel.For(0, 8, _ =>
        {
            for (var count = 0; count < 10_000; count++)
            {
                Assert.True(handle.TryAcquire());
                handle.Release();
            }
        });
        handle.MarkObsolete();
        Assert.Equal(0, deletions);

        handle.Release();

        Assert.Equal(1, deletions);
        Assert.False(handle.TryAcquire());
    }

    private static void AssertLookups(TableSet set, List<PlacedTable> tables, int level, KeyRange range, string context)
    {
        var overlapping = tables.Where(table => table.Metadata.Span.Overlaps(range))
            .Select(table => table.Metadata.FileNumber).Order();
        Assert.Equal(overlapping.Any(), set.OverlapsAny(level, range.Begin, range.End));
        if (level == 0)
            return;
        var found = set.Overlapping(level, range.Begin, range.End).ToArray().Select(table => table.FileNumber);
        Assert.True(overlapping.SequenceEqual(found.Order()), context);

        var holder = tables.Find(table => table.Metadata.Span.Contains(range.Begin)).Metadata;
        Assert.Equal(holder?.FileNumber, set.Find(level, range.Begin)?.FileNumber);
        var before = tables.Count(table => table.Metadata.Span.End.AsSpan().SequenceCompareTo(range.Begin) <= 0);
        Assert.Equal(before, set.IndexAtOrBehind(level, range.Begin));
    }

    // Keys share long prefixes now and then, so that the eight bytes which the search looks at first often decide
    // nothing.
    private static List<PlacedTable> RandomTables(Random random)
    {
        var tables = new List<PlacedTable>();
        for (var level = 1; level < TableSet.LevelCount; level++)
        {
            var key = random.Next(40);
            while (key < KeyCount - 1)
            {
                var end = Math.Min(KeyCount - 1, key + random.Next(1, 30));
                tables.Add(new PlacedTable(level, Table(tables.Count + 1, key, end)));
                key = end + (random.Next(2) * random.Next(1, 20));
            }
        }
        for (var count = random.Next(5); count > 0; count--)
        {
            var begin = random.Next(KeyCount - 1);
            tables.Add(new PlacedTable(0, Table(tables.Count + 1, begin, random.Next(begin + 1, KeyCount))));
        }
        return tables;
    }

    private static TableMetadata Table(long number, int begin, int end) =>
        new(number, number * 10, new KeyRange(Key(begin), Key(end)), number, number, 1, 0, 0);

    private static byte[] Key(int number) => number < 0
        ? []
        : Encoding.ASCII.GetBytes(
            new string('k', number / 100 * 5) + number.ToString("D3", CultureInfo.InvariantCulture));

    private static ManifestEdit Add(params long[] numbers) => new()
    {
        AddedTables =
            [.. numbers.Select(number => new PlacedTable(0, TestEdits.Table(number, "a", "b", newest: number)))],
    };

    // As the engine does: the new set first, then the old tables are marked, then the old set goes.
    private static TableSet Replace(TableSet old, ManifestEdit edit)
    {
        var next = old.Apply(edit, metadata => new TableHandle(metadata));
        foreach (var table in old.RemovedBy(edit))
            table.MarkObsolete();
        old.Release();
        return next;
    }
}
