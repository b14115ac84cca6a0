namespace FerrisDB.Tests;

/// <summary>Bytes for a compressor to work on.</summary>
internal static class Lz4Text
{
    // Noise, repetitions at near and far distances, and long runs.
    public static byte[] Random(Random random)
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
