using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed class BlockCacheTests
{
    private const int EntriesPerBlock = 35; // of 4 KiB

    [Fact]
    public void The_budget_holds_whatever_is_read()
    {
        var random = new Random(1);
        using var cache = new BlockCache(256 << 10);
        using var table = CachedTable.Create(20_000, cache);
        for (var step = 0; step < 20_000; step++)
        {
            Assert.True(CachedTable.Get(table, random.Next(20_000)));
            if (step % 1000 != 0)
                continue;
            cache.AssertInvariants();
            Assert.InRange(cache.PublishedBytes, 0, cache.BudgetBytes);
            // What was evicted goes as soon as nobody can be reading it any more.
            EpochsNow.Drain(() => cache.Allocator.AllocatedBytes <= cache.BudgetBytes);
        }
        Assert.True(cache.PublishedBytes > cache.BudgetBytes * 7 / 10);
        Assert.Equal(0, cache.Bypasses);
    }

    [Fact]
    public void What_fits_is_read_once()
    {
        using var cache = new BlockCache(4 << 20);
        using var table = CachedTable.Create(10_000, cache);
        for (var round = 0; round < 3; round++)
        {
            for (var number = 0; number < 10_000; number += 3)
                Assert.True(CachedTable.Get(table, number));
            Assert.Equal(10_000, CachedTable.Scan(table));
        }
        Assert.Equal(table.Reader.BlockCount, cache.Fills);
        Assert.Equal(0, cache.Evictions);
    }

    [Fact]
    public void A_scan_does_not_push_out_what_gets_use()
    {
        var random = new Random(2);
        using var cache = new BlockCache(1 << 20);
        using var table = CachedTable.Create(60_000, cache);
        var hot = Enumerable.Range(0, 140).Select(_ => random.Next(60_000 / EntriesPerBlock) * EntriesPerBlock)
            .ToList();
        for (var round = 0; round < 3; round++)
            hot.ForEach(number => Assert.True(CachedTable.Get(table, number)));

        for (var scan = 0; scan < 3; scan++)
        {
            Assert.Equal(60_000, CachedTable.Scan(table));
            var before = cache.Fills;
            hot.ForEach(number => Assert.True(CachedTable.Get(table, number)));
            // A cache that forgets would have to read all of them again.
            Assert.InRange(cache.Fills - before, 0, hot.Count / 20);
        }
    }

    [Fact]
    public void A_scan_of_more_than_fits_finds_most_of_what_fits_when_it_comes_again()
    {
        using var cache = new BlockCache(2 << 20);
        using var table = CachedTable.Create(40_000, cache);
        Assert.Equal(40_000, CachedTable.Scan(table));
        Assert.True(cache.Evictions > 0);
        for (var scan = 0; scan < 4; scan++)
        {
            var before = cache.Fills;
            var missing = table.Reader.BlockCount - (before - cache.Evictions);
            Assert.Equal(40_000, CachedTable.Scan(table));
            Assert.InRange(cache.Fills - before, missing, missing + (table.Reader.BlockCount / 6));
        }
    }

    [Fact]
    public void A_new_range_that_is_scanned_again_and_again_gets_into_a_full_cache()
    {
        using var cache = new BlockCache(1 << 20);
        using var old = CachedTable.Create(60_000, cache);
        Assert.Equal(60_000, CachedTable.Scan(old));
        using var table = CachedTable.Create(4_000, cache);
        for (var scan = 0; scan < 100; scan++)
            Assert.Equal(4_000, CachedTable.Scan(table));
        var before = cache.Fills;
        Assert.Equal(4_000, CachedTable.Scan(table));
        Assert.InRange(cache.Fills - before, 0, table.Reader.BlockCount / 4);
    }

    [Fact]
    public void A_hot_block_stays_while_others_are_read_once_each()
    {
        using var cache = new BlockCache(512 << 10);
        using var table = CachedTable.Create(60_000, cache);
        var before = cache.Fills;
        for (var number = 0; number < 60_000; number += EntriesPerBlock)
        {
            Assert.True(CachedTable.Get(table, number));
            Assert.True(CachedTable.Get(table, 30_000));
        }
        var blocks = (60_000 / EntriesPerBlock) + 1;
        Assert.InRange(cache.Fills - before, blocks / 2, table.Reader.BlockCount + 3);
    }

    [Fact]
    public void What_was_evicted_too_early_is_kept_the_next_time()
    {
        using var cache = new BlockCache(512 << 10);
        using var table = CachedTable.Create(30_000, cache);
        var wanted = Enumerable.Range(0, 40).Select(block => block * EntriesPerBlock).ToList();
        wanted.ForEach(number => Assert.True(CachedTable.Get(table, number)));
        // Enough to push the first ones out, and not so much that they are forgotten.
        for (var block = 0; block < 90; block++)
            Assert.True(CachedTable.Get(table, 2_000 + (block * EntriesPerBlock)));
        var before = cache.Fills;
        wanted.ForEach(number => Assert.True(CachedTable.Get(table, number)));
        Assert.InRange(cache.Fills - before, 10, 40);

        Assert.Equal(30_000, CachedTable.Scan(table));
        before = cache.Fills;
        wanted.ForEach(number => Assert.True(CachedTable.Get(table, number)));
        Assert.InRange(cache.Fills - before, 0, 8);
    }

    [Fact]
    public void Cursors_may_pin_more_than_the_budget()
    {
        using var cache = new BlockCache(128 << 10);
        using var table = CachedTable.Create(10_000, cache);
        var cursors = new List<ICursor>();
        for (var number = 0; number < 10_000; number += EntriesPerBlock)
        {
            var cursor = table.Reader.OpenCursor();
            Assert.True(cursor.Seek(CachedTable.KeyOf(number), EntryTag.First));
            cursors.Add(cursor);
        }
        Assert.True(cache.Bypasses > 100);
        Assert.InRange(cache.PublishedBytes, 1, cache.BudgetBytes);
        Assert.True(CachedTable.Get(table, 9_999));
        cache.AssertInvariants();
        for (var index = 0; index < cursors.Count; index++)
            Assert.True(cursors[index].Value.SequenceEqual(CachedTable.ValueOf(index * EntriesPerBlock)));

        cursors.ForEach(cursor => cursor.Dispose());
        EpochsNow.Drain(() => cache.Allocator.AllocatedBytes <= cache.BudgetBytes);
        Assert.Equal(10_000, CachedTable.Scan(table));
    }

    [Fact]
    public void A_closed_table_leaves_nothing_behind()
    {
        using var cache = new BlockCache(4 << 20);
        using var stays = CachedTable.Create(2_000, cache);
        Assert.Equal(2_000, CachedTable.Scan(stays));
        var before = cache.PublishedBytes;
        using (var goes = CachedTable.Create(5_000, cache))
            Assert.Equal(5_000, CachedTable.Scan(goes));
        Assert.Equal(before, cache.PublishedBytes);
        EpochsNow.Drain(() => cache.Allocator.AllocatedBytes == before);
        cache.AssertInvariants();
    }

    [Fact]
    public void A_compaction_leaves_the_cache_as_it_is()
    {
        using var cache = new BlockCache(256 << 10);
        using var table = CachedTable.Create(20_000, cache);
        for (var number = 0; number < 20 * EntriesPerBlock; number += EntriesPerBlock)
            Assert.True(CachedTable.Get(table, number));
        var (fills, bytes) = (cache.Fills, cache.PublishedBytes);
        using (var cursor = table.Reader.OpenCursor(isCompaction: true))
        {
            var number = 0;
            for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next(), number++)
                Assert.True(cursor.Value.SequenceEqual(CachedTable.ValueOf(number)));
            Assert.Equal(20_000, number);
        }
        Assert.Equal((fills, bytes), (cache.Fills, cache.PublishedBytes));
        Assert.Equal(bytes, cache.Allocator.AllocatedBytes);
    }

    [Fact]
    public void Cursors_are_used_again()
    {
        using var cache = new BlockCache(1 << 20);
        using var table = CachedTable.Create(100, cache);
        var first = table.Reader.OpenCursor();
        first.Dispose();
        first.Dispose();
        using var second = table.Reader.OpenCursor();
        Assert.Same(first, second);
        Assert.False(second.IsValid);
        using var third = table.Reader.OpenCursor();
        Assert.NotSame(second, third);
    }
}
