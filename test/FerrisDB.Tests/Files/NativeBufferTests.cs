using System.Globalization;
using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

public sealed unsafe class NativeBufferTests
{
    private const int Pieces = 200;
    private const int BytesOfEach = 1 << 20;

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(100, 64)]
    [InlineData(PageMemory.PiecesFrom - 1, 64)]
    [InlineData(PageMemory.PiecesFrom, 64)]
    [InlineData(PageMemory.PiecesFrom + 1, 16 << 10)]
    [InlineData(3 << 20, 2 << 20)]
    public void Its_memory_is_aligned_and_holds_what_is_written(int bytes, int alignment)
    {
        using var buffer = NativeBuffer.Allocate(bytes, alignment);

        buffer.Span.Fill(0x5A);

        Assert.Equal(0, (nint)buffer.Pointer % alignment);
        Assert.Equal(bytes, buffer.Span.Length);
        Assert.Equal(bytes, buffer.Memory.Length);
        Assert.Equal(bytes, buffer.Memory.Span.Count((byte)0x5A));
    }

    [Fact]
    public void A_disposed_buffer_is_refused_and_may_be_disposed_again()
    {
        var buffer = NativeBuffer.Allocate(10);
        var memory = buffer.Memory;
        buffer.Dispose();
        buffer.Dispose();

        Assert.True(buffer.Pointer == null);
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.Pin());
    }

    [Fact]
    public void Large_memory_goes_back_to_the_system_when_it_is_disposed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the C library's allocator decides.");
        // Once an allocator has seen such a piece freed it may serve the next ones from its heap.
        NativeBuffer.Allocate(BytesOfEach, 64).Dispose();

        // Other tests run meanwhile and take memory too, but not each time as much.
        var given = Enumerable.Range(0, 5).Select(_ => BytesGivenBack());

        Assert.Contains(given, bytes => bytes > Pieces / 2 * BytesOfEach);
    }

    private static long BytesGivenBack()
    {
        var buffers = new NativeBuffer[Pieces];
        for (var i = 0; i < Pieces; i++)
        {
            buffers[i] = NativeBuffer.Allocate(BytesOfEach, i % 2 == 0 ? 64 : HugePages.SizeBytes);
            buffers[i].Span.Fill(0x5A);
        }
        var full = ResidentBytes();
        // All but the last: one heap for all would have to keep what lies before it.
        foreach (var buffer in buffers.AsSpan(0, Pieces - 1))
            buffer.Dispose();
        var left = ResidentBytes();
        buffers[^1].Dispose();
        return full - left;
    }

    private static long ResidentBytes()
    {
        var lines = File.ReadLines("/proc/self/status");
        var line = lines.First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        var kilobytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) << 10;
    }

    [Fact]
    public void Advice_on_huge_pages_leaves_the_content_alone()
    {
        using var buffer = NativeBuffer.Allocate(5 << 20, HugePages.SizeBytes);
        buffer.Span.Fill(0x5A);

        HugePages.Advise(buffer.Pointer, buffer.Length);
        HugePages.Advise(buffer.Pointer + 1, 100);

        Assert.Equal(buffer.Length, buffer.Span.Count((byte)0x5A));
    }
}
