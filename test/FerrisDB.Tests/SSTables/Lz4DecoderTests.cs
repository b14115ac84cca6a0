using FerrisDB.Storage;
using K4os.Compression.LZ4;

namespace FerrisDB.Tests;

// Against the library that compresses: whatever that makes of texts of all kinds must come back. What anybody else
// makes of it must not do harm.
public sealed class Lz4DecoderTests(ITestOutputHelper output)
{
    [Fact]
    public void What_was_compressed_comes_back()
    {
        for (var seed = 1; seed <= 2000; seed++)
        {
            var text = RandomText(new Random(seed));
            var compressed = Compress(text);
            var decoded = new byte[text.Length];
            if (!Lz4Decoder.TryDecode(compressed, decoded) || !decoded.AsSpan().SequenceEqual(text))
                Assert.Fail($"seed {seed}: {text.Length} bytes, compressed to {compressed.Length}");
        }
    }

    [Fact]
    public void A_block_of_another_size_is_refused()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var text = RandomText(new Random(seed));
            var compressed = Compress(text);
            output.WriteLine($"seed {seed}");
            Assert.False(Lz4Decoder.TryDecode(compressed, new byte[text.Length + 1]));
            Assert.False(Lz4Decoder.TryDecode(compressed, new byte[text.Length - 1]));
            for (var length = 0; length < compressed.Length; length += 1 + (compressed.Length / 50))
                Assert.False(Lz4Decoder.TryDecode(compressed.AsSpan(0, length), new byte[text.Length]));
        }
    }

    // The bytes before and behind the target must stay as they are, whatever the source says.
    [Fact]
    public void Damaged_blocks_write_nowhere_else()
    {
        const int guard = 64;
        for (var seed = 1; seed <= 3000; seed++)
        {
            var random = new Random(seed);
            var text = RandomText(random);
            var damaged = Compress(text);
            for (var change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var memory = new byte[text.Length + (2 * guard)];
            memory.AsSpan().Fill(0xa5);
            Lz4Decoder.TryDecode(damaged, memory.AsSpan(guard, text.Length));
            if (memory.AsSpan(0, guard).ContainsAnyExcept((byte)0xa5)
                || memory.AsSpan(guard + text.Length).ContainsAnyExcept((byte)0xa5))
                Assert.Fail($"seed {seed}: wrote outside of {text.Length} bytes");
        }
    }

    private static byte[] Compress(byte[] text)
    {
        var compressed = new byte[LZ4Codec.MaximumOutputSize(text.Length)];
        return compressed[..LZ4Codec.Encode(text, compressed)];
    }

    // Noise, repetitions at near and far distances, and long runs.
    private static byte[] RandomText(Random random)
    {
        var text = new byte[random.Next(1, random.Next(2) == 0 ? 100 : 20_000)];
        var alphabet = random.Next(2, 256);
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, random.Next(5) == 0 ? 1000 : 40), text.Length - at);
            var distance = random.Next(3) == 0 ? 0 : random.Next(1, random.Next(2) == 0 ? 20 : 3000);
            for (var end = at + length; at < end; at++)
                text[at] = distance == 0 || distance > at ? (byte)random.Next(alphabet) : text[at - distance];
        }
        return text;
    }
}
