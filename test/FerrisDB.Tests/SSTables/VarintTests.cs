using FerrisDB.Storage;

namespace FerrisDB.Tests;

public sealed unsafe class VarintTests
{
    [Fact]
    public void Numbers_of_every_length_survive()
    {
        var random = new Random(1);
        var bytes = stackalloc byte[32];
        for (var step = 0; step < 20_000; step++)
        {
            var value = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            new Span<byte>(bytes, 32).Fill((byte)random.Next(256));
            var end = Varint.Write(bytes, value);
            Assert.Equal(Varint.SizeOf(value), end - bytes);

            var at = bytes;
            Assert.Equal(value, Varint.Read(ref at));
            Assert.True(at == end);

            var position = 0;
            Assert.True(Varint.TryRead(new ReadOnlySpan<byte>(bytes, 32), ref position, out var read));
            Assert.Equal((value, end - bytes), (read, position));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("8000")] // not the shortest form of 0
    [InlineData("ff80")]
    [InlineData("ffffffffffffffffffff")]
    [InlineData("ffffffffffffffffff02")] // 65 bits
    [InlineData("8080808080808080808001")]
    public void What_is_no_number_is_refused(string hex)
    {
        var position = 0;
        Assert.False(Varint.TryRead(Convert.FromHexString(hex), ref position, out _));
    }
}
