using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed unsafe class BlockAllocatorTests
{
    [Fact]
    public void A_class_fits_its_sizes_with_little_waste()
    {
        for (var size = Block.HeaderSize; size <= 64 << 10; size += 7)
        {
            var place = BlockAllocator.SizeOfClass(BlockAllocator.ClassOf(size));
            Assert.InRange(place, size, Math.Max(size + (size / 32) + 64, 1088));
            Assert.Equal(0, place % 64);
        }
        Assert.Equal(byte.MaxValue, BlockAllocator.ClassOf((64 << 10) + 1));
    }

    // Random allocations against a list: every block keeps the pattern that was written to all of it.
    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    [InlineData(64 << 20)]
    public void Blocks_do_not_overlap(long budgetBytes)
    {
        var random = new Random(11);
        var allocator = new BlockAllocator(budgetBytes);
        var live = new List<(nint Block, byte Pattern)>();
        for (var step = 0; step < 4000; step++)
        {
            if (live.Count < 20 || random.Next(2) == 0)
            {
                var size = random.Next(10) == 0 ? random.Next(200, 200_000) : random.Next(16_000, 19_000);
                var block = allocator.Allocate(size);
                Assert.True(block->SizeBytes >= size);
                Assert.Equal(0, (nint)block % 64);
                live.Add(((nint)block, (byte)step));
                Body(block).Fill((byte)step);
                continue;
            }
            var index = random.Next(live.Count);
            var (freed, pattern) = live[index];
            Assert.False(Body((Block*)freed).ContainsAnyExcept(pattern));
            allocator.Free((Block*)freed);
            live[index] = live[^1];
            live.RemoveAt(live.Count - 1);
        }
        Assert.Equal(live.Sum(entry => ((Block*)entry.Block)->SizeBytes), allocator.AllocatedBytes);
        allocator.Dispose();
        foreach (var (block, pattern) in live)
        {
            Assert.False(Body((Block*)block).ContainsAnyExcept(pattern));
            allocator.Free((Block*)block);
        }
        Assert.Equal((0, 0), (allocator.AllocatedBytes, allocator.ReservedBytes));
    }

    [Fact]
    public void A_chunk_whose_blocks_are_all_freed_serves_another_size()
    {
        using var allocator = new BlockAllocator(1 << 20);
        for (var size = 2000; size < 60_000; size += 1000)
        {
            var blocks = Enumerable.Range(0, 200_000 / size).Select(_ => (nint)allocator.Allocate(size)).ToList();
            blocks.ForEach(block => allocator.Free((Block*)block));
        }
        Assert.Equal(256 << 10, allocator.ReservedBytes);
    }

    // Arenas come from outside the lock, so several threads may bring one at the same moment: none may be lost.
    [Fact]
    public void Threads_that_need_memory_at_once_get_places_of_their_own()
    {
        var allocator = new BlockAllocator(1 << 20);
        using var together = new Barrier(4);
        var taken = new nint[4][];
        var threads = Enumerable.Range(0, taken.Length).Select(index => new Thread(() =>
        {
            together.SignalAndWait();
            taken[index] = [.. Enumerable.Range(0, 200).Select(_ => (nint)allocator.Allocate(16_500))];
            foreach (var block in taken[index])
                Body((Block*)block).Fill((byte)index);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        for (var index = 0; index < taken.Length; index++)
            Assert.All(taken[index], block => Assert.False(Body((Block*)block).ContainsAnyExcept((byte)index)));
        foreach (var block in taken.SelectMany(blocks => blocks))
            allocator.Free((Block*)block);
        allocator.Dispose();
        Assert.Equal((0, 0), (allocator.AllocatedBytes, allocator.ReservedBytes));
    }

    private static Span<byte> Body(Block* block) =>
        new((byte*)block + Block.HeaderSize, block->SizeBytes - Block.HeaderSize);
}
