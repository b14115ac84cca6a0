using FerrisDB.Storage;

namespace FerrisDB.Tests.MemTables;

// Native memory of the whole process is counted, so these run by themselves.
[Collection(SeededBugsAlone.Name)]
public sealed unsafe class SpareMemoryTests
{
    private const long LargeBytes = 8 << 20;

    [Fact]
    public void The_memory_of_a_freed_arena_is_that_of_the_next()
    {
        using var spare = new SpareMemory();
        var first = new Arena(LargeBytes, spare);
        var place = (nint)first.Base;
        first.Dispose();

        using var second = new Arena(LargeBytes, spare);
        using var third = new Arena(LargeBytes, spare);

        Assert.Equal(place, (nint)second.Base);
        Assert.NotEqual(place, (nint)third.Base);
    }

    [Fact]
    public void One_memory_is_kept_and_none_outlives_its_owner()
    {
        var before = NativeBuffer.TotalBytes;
        var spare = new SpareMemory();
        Arena[] arenas = [new(LargeBytes, spare), new(LargeBytes, spare), new(LargeBytes, spare)];
        arenas[0].Dispose();
        arenas[1].Dispose();
        Assert.Equal(before + (2 * LargeBytes), NativeBuffer.TotalBytes);

        spare.Dispose();
        Assert.Equal(before + LargeBytes, NativeBuffer.TotalBytes);
        arenas[2].Dispose();
        Assert.Equal(before, NativeBuffer.TotalBytes);
    }

    [Fact]
    public void Memory_of_another_size_is_freed()
    {
        var before = NativeBuffer.TotalBytes;
        using (var spare = new SpareMemory())
        {
            new Arena(LargeBytes, spare).Dispose();
            new Arena(2 * LargeBytes, spare).Dispose();
            Assert.Equal(before + (2 * LargeBytes), NativeBuffer.TotalBytes);
        }
        Assert.Equal(before, NativeBuffer.TotalBytes);
    }
}
