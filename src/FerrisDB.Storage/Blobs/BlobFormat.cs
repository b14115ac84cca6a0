namespace FerrisDB.Storage;

// A blob is a file of large values, which live apart from the tree so that compaction need not copy them. Written once
// from front to back and never changed; tables hold references into it (BlobReference). See docs/formats/blob.md.
//
//     +--------+----------+----------+-----+----------+--------+
//     | header | record 0 | record 1 | ... | record n | footer |
//     +--------+----------+----------+-----+----------+--------+
//
// Header. These 32 bytes never change their layout, so that every version can tell that a file is too new for it.
//
//     offset  size  field
//          0     8  magic          "FERRISBL"
//          8     4  formatVersion  1
//         12     4  zero
//         16     8  number         N of N.blob
//         24     4  zero
//         28     4  checksum       CRC32C of the 28 bytes before
//
// Record: one value, with the key and the version that it belongs to, so that it can be told whose it is.
//
//     offset  size  field
//          0     4  checksum     CRC32C of everything behind it, followed by the record's offset in the file as 8 bytes
//          4     4  keySize
//          8     4  valueSize    bytes of the value once decompressed
//         12     4  storedSize   bytes of the value here
//         16     8  tag          version << 8 | Compression
//         24     k  key
//       24+k     n  value        as the compression says
//
// Footer.
//
//     offset  size  field
//          0     8  recordCount
//          8     8  valueBytes     bytes of all values once decompressed
//         16     8  fileSize       length of this file: one that was cut or extended shows
//         24     4  formatVersion  1
//         28     4  checksum       CRC32C of bytes 0..27
//         32     8  magic          "FerrisBL"
//
// Integers are little-endian.
internal static class BlobFormat
{
    public const int FormatVersion = 1;

    public const int HeaderSize = 8 + sizeof(uint) + sizeof(uint) + sizeof(ulong) + sizeof(uint) + sizeof(uint);

    public const int RecordHeaderSize = (4 * sizeof(uint)) + sizeof(ulong);

    public const int FooterSize = (3 * sizeof(ulong)) + sizeof(uint) + sizeof(uint) + sizeof(ulong);

    /// <summary>A record is at most this large: the longest key and the longest value.</summary>
    public const int MaxRecordBytes = (1 << 29) + (1 << 21);

    internal const uint SizesMatchPicture =
        HeaderSize == 32 && RecordHeaderSize == 24 && FooterSize == 40 ? 0 : -1;

    public static ReadOnlySpan<byte> HeaderMagic => "FERRISBL"u8;

    public static ReadOnlySpan<byte> FooterMagic => "FerrisBL"u8;
}
