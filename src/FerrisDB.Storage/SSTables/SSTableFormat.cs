namespace FerrisDB.Storage;

// A table is one file of sorted entries, written once from front to back and never changed. See
// docs/formats/sstable.md.
//
//     +--------------------+
//     | data block 0       |   entries in the order of InternalKey, about 8 or 16 KiB before compression
//     | data block 1       |
//     | ...                |
//     | index partition 0  |   entries: fence key -> place of a data block
//     | data block n       |
//     | ...                |
//     | index partition m  |   each partition stands behind the data blocks that it names
//     +--------------------+
//     | filter block       |   bloom filter of all user keys; absent if there are none
//     | range tombstones   |   a chain of blocks: begin key, version -> end key; absent if there are none
//     | index root         |   a chain of blocks: fence key -> place of a partition; absent if there are no points
//     | properties         |   a chain of one block: name -> value
//     +--------------------+
//     | footer             |   72 bytes
//     +--------------------+
//
// Every block is stored so (a chain is blocks one behind the other; only data blocks are ever compressed):
//
//     offset  size  field
//          0     4  payloadSize  bytes of the payload once decompressed, 1..MaxPayloadBytes
//          4     4  entryCount   entries in the payload; of the filter: 8, the bits that are set for a key
//          8     n  payload      as the type byte says
//        8+n     1  type         high four bits: BlockKind; low four bits: Compression
//        9+n     4  checksum     CRC32C of everything before it, followed by the block's offset in the file as 8 bytes
//
// The payload of a filter is its cache lines (BloomFilter). The payload of any other block (BlockWriter fills it):
//
//     offset  size  field
//          0     8  baseVersion   the version of the first entry
//          8        entries       entryCount of them
//                n  fingerprints  data blocks only: for each entry the low byte of its key's KeyHash
//
//     each entry, of which the first and every 16th after it is a restart point and has shared = 0:
//                1+ shared        varint: leading bytes of the key that are those of the last restart point's key
//                1+ suffixSize    varint: bytes of the key behind them
//                1+ valueSize     varint
//                1+ tag           varint: bits 0-3 the kind, the rest zigzag(version - baseVersion)
//                   suffix, value
//
// An entry shares with its restart point, not with its predecessor: so any entry can be decoded by itself, and within
// an interval `shared` never grows. An entry begins below 64 KiB from the start of the payload; it ends where it ends.
//
// A fence is an internal key f with (last key of the block before) < f <= (first key of its block), as short as
// possible. Where a user key begins a block, the fence stands before all versions of it: version 2^56-1, kind 15.
// Index entries have the fence as key and tag, and this value:
//
//     partitions                             root
//     varint  offset of the data block       varint  offset of the partition
//     varint  size of the data block         varint  size of the partition
//                                            varint  count of data blocks in it
//
// The footer:
//
//     offset  size  field
//          0    12  indexRoot        places: offset (8), size (4); size 0 says that the section is absent
//         12    12  properties
//         24    12  filter
//         36    12  rangeTombstones
//         48     8  fileSize         length of this file: a file that was cut or extended shows
//         56     4  formatVersion    1
//         60     4  checksum         CRC32C of bytes 0..59
//         64     8  magic            "FerrisST"
//
// Integers are little-endian; varints are LEB128 in their shortest form.
internal static class SSTableFormat
{
    public const int FormatVersion = 1;

    public const int FooterSize = (4 * BlockHandle.Size) + sizeof(ulong) + sizeof(uint) + sizeof(uint) + sizeof(ulong);

    public const int BlockHeaderSize = sizeof(uint) + sizeof(uint);

    public const int BlockTrailerSize = sizeof(byte) + sizeof(uint);

    /// <summary>What a block takes in the file beside its payload.</summary>
    public const int BlockOverhead = BlockHeaderSize + BlockTrailerSize;

    /// <summary>A block is at most this large: one entry with a large value.</summary>
    public const int MaxPayloadBytes = 1 << 29;

    public const int BaseVersionSize = sizeof(ulong);

    /// <summary>
    /// Entries from one restart point to the next: as many as a vector compares fingerprints at once.
    /// </summary>
    public const int RestartInterval = 16;

    /// <summary>Where an entry may begin at most, so that its place fits 16 bits.</summary>
    public const int MaxEntryOffset = ushort.MaxValue;

    /// <summary>Varints of shared, suffixSize, valueSize and tag at their longest.</summary>
    public const int MaxEntryHeaderSize = 5 + 5 + 5 + 9;

    /// <summary>The shortest entry: four varints of one byte each.</summary>
    public const int MinEntrySize = 4;

    /// <summary>The kind of a fence: it orders before every real entry of the same key and version.</summary>
    public const int FenceKind = 15;

    internal const uint FooterMatchesPicture = FooterSize == 72 ? 0 : -1;
    internal const uint OverheadMatchesPicture = BlockOverhead == 13 ? 0 : -1;

    /// <summary>The last eight bytes of every table.</summary>
    public static ReadOnlySpan<byte> Magic => "FerrisST"u8;
}
