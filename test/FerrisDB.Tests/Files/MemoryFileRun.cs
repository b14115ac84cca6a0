using FerrisDB.Storage;

namespace FerrisDB.Tests.Files;

/// <summary>Writes, cuts and reads files in memory beside arrays that must hold the same.</summary>
internal static class MemoryFileRun
{
    // Below the first piece of memory, within the first chunk, and some chunks.
    private static readonly int[] SizesMax = [1_000, 40_000, 150_000];

    /// <summary>What a file holds and its array does not, or null.</summary>
    public static string? FirstDifference()
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            if (FirstDifference(seed) is { } difference)
                return $"seed {seed}: {difference}";
        }
        return null;
    }

    private static string? FirstDifference(int seed)
    {
        var random = new Random(seed);
        var sizeMax = SizesMax[seed % SizesMax.Length];
        var content = new MemoryFileContent();
        byte[] model = [];
        for (var step = 0; step < 60; step++)
        {
            if (random.Next(5) == 0)
            {
                Array.Resize(ref model, random.Next(sizeMax));
                content.SetLength(model.Length);
            }
            else
            {
                var written = new byte[random.Next(sizeMax / 8)];
                random.NextBytes(written);
                var offset = random.Next(sizeMax);
                Array.Resize(ref model, Math.Max(model.Length, offset + written.Length));
                written.CopyTo(model, offset);
                content.Write(offset, written);
            }
            var read = new byte[sizeMax * 2];
            var count = content.Read(0, read);
            if (!read.AsSpan(0, count).SequenceEqual(model))
                return $"{count} bytes after step {step} are not the {model.Length} that were written";
        }
        return null;
    }
}
