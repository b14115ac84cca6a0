using System.Buffers.Binary;

namespace FerrisDB.Storage;

// A sealed file: bytes that nobody can read or change without the key.
//
//     offset  size  field
//          0     8  magic          FERRISBK
//          8     4  formatVersion  1
//         12     4  chunkBytes     bytes of a chunk before it was encrypted
//         16    32  salt           random; with the target's key it makes the key of this file alone
//         48     4  checksum       CRC-32C of the 48 bytes before
//         52        chunks
//
//     chunk           encrypted bytes, chunkBytes of them, in the last chunk 0 to chunkBytes
//                     16 bytes that authenticate them                                       (AES-256-GCM)
//
// The nonce of chunk i is i (8 bytes), 1 if it is the last one (1 byte), and zeros. The header is authenticated with
// each chunk. As no two files have the same key, no two chunks have the same key and nonce; a chunk that is missing,
// moved or from another file does not check out. The last chunk is the only one that says so: a file that was cut
// does not check out either. Integers are little-endian.

/// <summary>How the files of an encrypted backup lie on the disk.</summary>
internal static class SealedFormat
{
    public const int FormatVersion = 1;
    public const int SaltOffset = 16;
    public const int SaltSize = 32;
    public const int HeaderSize = 52;
    public const int TagSize = 16;
    public const int NonceSize = 12;

    /// <summary>Bytes of the chunks that this program writes.</summary>
    public const int ChunkBytes = 256 << 10;

    private const int ChecksumOffset = HeaderSize - sizeof(uint);
    private const int ChunkBytesMax = 16 << 20;

    internal const uint HeaderMatchesPicture = SaltOffset + SaltSize == ChecksumOffset && HeaderSize == 52 ? 0 : -1;

    public static ReadOnlySpan<byte> Magic => "FERRISBK"u8;

    /// <summary>Bytes of a sealed file.</summary>
    public static long SizeOf(long plainBytes)
    {
        // One more chunk than is full, also if that one is empty: it is the one that ends the file.
        var chunks = (plainBytes / ChunkBytes) + 1;
        return HeaderSize + plainBytes + (chunks * TagSize);
    }

    public static byte[] NewHeader(ReadOnlySpan<byte> salt)
    {
        var header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), ChunkBytes);
        salt.CopyTo(header.AsSpan(SaltOffset, SaltSize));
        BinaryPrimitives.WriteUInt32LittleEndian(
            header.AsSpan(ChecksumOffset), Crc32C.Of(header.AsSpan(0, ChecksumOffset)));
        return header;
    }

    /// <summary>Checks a header. Returns the bytes of a chunk.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.FormatTooNew"/>
    /// </exception>
    public static int CheckHeader(string file, ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || !header.StartsWith(Magic))
            throw FerrisException.CorruptBackup(file, 0, "the header of a sealed file", "other bytes");
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumOffset..]);
        var checksum = Crc32C.Of(header[..ChecksumOffset]);
        if (checksum != expected)
            throw FerrisException.CorruptBackup(file, 0, $"checksum {expected:x8}", $"{checksum:x8}");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version > FormatVersion)
        {
            throw new FerrisException(
                ErrorCode.FormatTooNew,
                $"{file} has format {version} of sealed files; this program knows {FormatVersion} and older.");
        }
        var chunkBytes = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        return chunkBytes is > 0 and <= ChunkBytesMax
            ? chunkBytes
            : throw FerrisException.CorruptBackup(file, 12, $"chunks of 1 to {ChunkBytesMax} bytes", $"{chunkBytes}");
    }

    public static void WriteNonce(Span<byte> nonce, long chunk, bool isLast)
    {
        nonce[..NonceSize].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(nonce, chunk);
        nonce[sizeof(long)] = isLast ? (byte)1 : (byte)0;
    }
}
