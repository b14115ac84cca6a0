using FerrisDB.Storage;
using K4os.Compression.LZ4;

namespace FerrisDB.Tests;

// Whatever it makes must be read by our decoder and by that of the library that others use, and must not be larger than
// what that library makes.
public sealed class Lz4EncoderTests
{
    [Fact]
    public void What_it_makes_is_read_by_both_decoders()
    {
        for (var seed = 1; seed <= 3000; seed++)
        {
            var text = Lz4Text.Random(new Random(seed));
            var compressed = Compress(text);
            var decoded = new byte[text.Length];
            if (!Lz4Decoder.TryDecode(compressed, decoded) || !decoded.AsSpan().SequenceEqual(text))
                Assert.Fail($"seed {seed}: {text.Length} bytes, compressed to {compressed.Length}, are not ours");
            decoded.AsSpan().Clear();
            if (LZ4Codec.Decode(compressed, decoded) != text.Length || !decoded.AsSpan().SequenceEqual(text))
                Assert.Fail($"seed {seed}: {text.Length} bytes, compressed to {compressed.Length}, are not LZ4");
        }
    }

    [Fact]
    public void Places_beyond_64_KiB_are_told_apart()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var piece = Lz4Text.Random(random);
            // Equal pieces at distances around the largest one, with noise between.
            var text = new byte[300_000];
            random.NextBytes(text);
            for (var at = 0; at + piece.Length < text.Length; at += 65_536 - random.Next(-20, 20))
                piece.CopyTo(text, at);
            var compressed = Compress(text);
            var decoded = new byte[text.Length];
            Assert.True(Lz4Decoder.TryDecode(compressed, decoded), $"seed {seed}");
            Assert.True(decoded.AsSpan().SequenceEqual(text), $"seed {seed}");
        }
    }

    [Fact]
    public void A_target_that_is_too_small_is_refused_and_nothing_behind_it_written()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var text = Lz4Text.Random(new Random(seed));
            var needed = Compress(text).Length;
            var memory = new byte[needed + 64];
            for (var room = 0; room < needed; room += 1 + (needed / 40))
            {
                memory.AsSpan().Fill(0xa5);
                if (Lz4Encoder.Encode(text, memory.AsSpan(0, room)) != 0
                    || memory.AsSpan(room).ContainsAnyExcept((byte)0xa5))
                    Assert.Fail($"seed {seed}: {text.Length} bytes do not fit {room}");
            }
        }
    }

    [Fact]
    public void It_compresses_as_well_as_the_library()
    {
        var (ours, theirs) = (0L, 0L);
        for (var seed = 1; seed <= 500; seed++)
        {
            var text = Lz4Text.Random(new Random(seed));
            var target = new byte[LZ4Codec.MaximumOutputSize(text.Length)];
            ours += Compress(text).Length;
            theirs += LZ4Codec.Encode(text, target);
        }
        Assert.InRange(ours, 1, theirs * 1.005);
    }

    private static byte[] Compress(byte[] text)
    {
        var compressed = new byte[LZ4Codec.MaximumOutputSize(text.Length)];
        var size = Lz4Encoder.Encode(text, compressed);
        Assert.True(size > 0);
        return compressed[..size];
    }
}
