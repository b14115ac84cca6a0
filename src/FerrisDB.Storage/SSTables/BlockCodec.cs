using K4os.Compression.LZ4;
using ZstdSharp;

namespace FerrisDB.Storage;

/// <summary>Compresses and decompresses payloads of blocks. Decompression trusts nothing.</summary>
internal static class BlockCodec
{
    private const int ZstdLevel = 1;

    // LZ4's densest sequence yields 255 bytes for one; a claim beyond that is a lie and not worth the memory.
    private const int Lz4RatioMax = 255;

    [ThreadStatic]
    private static Compressor? _zstdCompressor;

    [ThreadStatic]
    private static Decompressor? _zstdDecompressor;

    /// <summary>
    /// Compresses into <paramref name="destination"/> and returns the size, or 0 if that does not save an eighth:
    /// then the block is stored as it is, which reads faster.
    /// </summary>
    public static int TryCompress(Compression compression, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var target = Math.Min(destination.Length, payload.Length - (payload.Length / 8));
        if (compression == Compression.None || target == 0)
            return 0;
        var size = compression == Compression.Lz4
            ? LZ4Codec.Encode(payload, destination[..target])
            : CompressZstd(payload, destination[..target]);
        return Math.Max(size, 0);
    }

    /// <summary>
    /// Fills all of <paramref name="destination"/>, or returns false if the bytes do not decode to that size.
    /// </summary>
    public static bool TryDecompress(Compression compression, ReadOnlySpan<byte> stored, Span<byte> destination)
    {
        switch (compression)
        {
            case Compression.None:
                if (stored.Length != destination.Length)
                    return false;
                stored.CopyTo(destination);
                return true;
            case Compression.Lz4:
                return Lz4Decoder.TryDecode(stored, destination);
            case Compression.Zstd:
                return TryDecompressZstd(stored, destination);
            default:
                return false;
        }
    }

    /// <summary>True if that many stored bytes may stand for a payload of that size.</summary>
    public static bool IsPlausible(Compression compression, int storedBytes, long payloadBytes) => compression switch
    {
        Compression.None => storedBytes == payloadBytes,
        Compression.Lz4 => payloadBytes <= (long)storedBytes * Lz4RatioMax,
        Compression.Zstd => true,
        _ => false,
    };

    private static int CompressZstd(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        _zstdCompressor ??= new Compressor(ZstdLevel);
        return _zstdCompressor.TryWrap(payload, destination, out var size) ? size : 0;
    }

    private static bool TryDecompressZstd(ReadOnlySpan<byte> stored, Span<byte> destination)
    {
        _zstdDecompressor ??= new Decompressor();
        try
        {
            return _zstdDecompressor.TryUnwrap(stored, destination, out var size) && size == destination.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
    }
}
