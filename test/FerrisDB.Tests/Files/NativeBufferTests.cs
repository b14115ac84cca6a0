using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

public sealed unsafe class NativeBufferTests
{
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(100, 64)]
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
    public void Advice_on_huge_pages_leaves_the_content_alone()
    {
        using var buffer = NativeBuffer.Allocate(5 << 20, HugePages.SizeBytes);
        buffer.Span.Fill(0x5A);

        HugePages.Advise(buffer.Pointer, buffer.Length);
        HugePages.Advise(buffer.Pointer + 1, 100);

        Assert.Equal(buffer.Length, buffer.Span.Count((byte)0x5A));
    }
}
