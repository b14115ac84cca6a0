using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

public sealed class Crc32CTests
{
    // The check value of RFC 3720, and its vectors of 32 bytes.
    [Fact]
    public void Known_checksums_are_reproduced()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0u, Crc32C.Of([]));
    }

    [Fact]
    public void A_checksum_can_be_taken_in_pieces()
    {
        var data = Enumerable.Range(0, 100).Select(number => (byte)(number * 7)).ToArray();

        for (var cut = 0; cut <= data.Length; cut++)
            Assert.Equal(Crc32C.Of(data), Crc32C.Extend(Crc32C.Of(data.AsSpan(0, cut)), data.AsSpan(cut)));
    }

    // Long inputs go through the processor as three streams; single bytes cannot.
    [Fact]
    public void Long_inputs_have_the_checksum_of_their_bytes_one_by_one()
    {
        var data = new byte[8000];
        new Random(1).NextBytes(data);
        var byBytes = 0u;
        for (var length = 0; length < data.Length; length++)
        {
            if (length % 7 == 0)
                Assert.Equal(byBytes, Crc32C.Of(data.AsSpan(0, length)));
            byBytes = Crc32C.Extend(byBytes, data.AsSpan(length, 1));
        }
    }
}
