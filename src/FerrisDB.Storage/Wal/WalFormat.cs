using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

// The write-ahead log is a sequence of bytes that is cut into segments, one file each. See docs/formats/wal.md.
//
//     position   0 ............ p ................ q ............... end
//                | segment 7    | segment 8        | segment 9       | (zeros, or what an earlier use left)
//                | 000007.wal   | 000008.wal       | 000009.wal      |
//
// A byte's position in the log is the start of its segment plus its offset in the file; segments join without a gap.
//
// A segment begins with a header of 64 bytes, which is durable before any record behind it counts as durable:
//
//     offset  size  field
//          0     8  magic            "FERRISWL"
//          8     4  formatVersion    1
//         12     4  reserved         zero
//         16     8  epoch            the number in the file's name: a file that is used again gets a new one
//         24     8  start            position of this header in the log
//         32     8  previousVersion  of the last record before this segment: tells whether older ones are missed
//         40     8  segmentBytes     length of the file while it is written to; only an end mark may cut it
//         48    12  reserved         zero
//         60     4  checksum         CRC-32C of the 60 bytes before
//
// Records follow, each on a multiple of eight bytes:
//
//     offset  size  field
//          0     4  headerChecksum   CRC-32C of the 28 bytes behind it, continued from the segment's epoch
//          4     4  payloadChecksum  CRC-32C of the payload
//          8     4  length           bytes of the payload
//         12     1  kind             1 batch, 2 end mark; 3 to 15 are kept for what TLogs will store
//         13     3  reserved         zero
//         16     8  version          greater than that of the record before; an end mark repeats it
//         24     8  syncedThrough    position up to which the log was known to be durable when this was built
//         32     n  payload          one canonical write batch; empty for an end mark
//                   padding          zeros up to a multiple of eight
//
// Integers are little-endian. Why it looks like this:
//
// * Two checksums. What lies behind a damaged record must be searched for records that know more (syncedThrough), and
//   nobody can tell where they begin. A header that proves itself makes that search linear, whatever is in the
//   payloads; with one checksum over everything, a value full of fake headers would make it quadratic.
// * The epoch is not stored in a record but is where its checksum starts. CRCs of equal bytes from different starts are
//   always different, so what an earlier use left in the file can never pass, not even with bad luck.
// * The header of a segment is durable before its records are promised to anybody: if it is damaged and the manifest
//   knows the segment, or a record does, it is corruption.
// * The header knows how long the file is, for a file that was cut would look like one that simply ends earlier.
// * Records lie on multiples of eight: the search looks at an eighth of the offsets.
internal static class WalFormat
{
    public const int FormatVersion = 1;
    public const int RecordAlignment = 8;
    public const int MaxPayloadBytes = BatchFormat.SizeBytesMax;

    public const int SegmentHeaderSize = 64;
    public const int RecordHeaderSize = 32;

    /// <summary>Does not compile unless records begin where the picture has them.</summary>
    public const uint HeadersAreAligned = (SegmentHeaderSize | RecordHeaderSize) % RecordAlignment == 0 ? 0 : -1;

    public static ReadOnlySpan<byte> Magic => "FERRISWL"u8;

    /// <summary>Bytes of a record with its header and padding.</summary>
    public static long RecordSize(int payloadBytes) =>
        ((long)RecordHeaderSize + payloadBytes + RecordAlignment - 1) & -RecordAlignment;
}

/// <summary>What a record of the log is. The numbers are those of the format.</summary>
internal enum WalRecordKind : byte
{
    /// <summary>A commit: the payload is a canonical write batch.</summary>
    Batch = 1,

    /// <summary>The log was closed here in good order, with everything before it durable.</summary>
    EndMark = 2,
}

/// <summary>The first bytes of a segment; <see cref="WalFormat"/> draws them.</summary>
internal readonly record struct WalSegmentHeader(long Epoch, long Start, long PreviousVersion, long SegmentBytes)
{
    private const int ChecksumOffset = 60;

    public void Write(Span<byte> destination)
    {
        destination[..WalFormat.SegmentHeaderSize].Clear();
        WalFormat.Magic.CopyTo(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], WalFormat.FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Start);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], PreviousVersion);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], SegmentBytes);
        var checksum = Crc32C.Of(destination[..ChecksumOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], checksum);
    }

    /// <summary>Decodes a header; false if these bytes are none.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FormatTooNew"/></exception>
    public static bool TryRead(ReadOnlySpan<byte> source, string file, out WalSegmentHeader header)
    {
        header = default;
        if (source.Length < WalFormat.SegmentHeaderSize || !source.StartsWith(WalFormat.Magic))
            return false;
        var checksum = Crc32C.Of(source[..ChecksumOffset]);
        if (checksum != BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumOffset..]))
            return false;
        var formatVersion = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        if (formatVersion > WalFormat.FormatVersion)
        {
            throw new FerrisException(
                ErrorCode.FormatTooNew,
                $"{file} has log format {formatVersion}; this program knows {WalFormat.FormatVersion} and older.");
        }
        header = new WalSegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]));
        var areReservedZero = BinaryPrimitives.ReadInt32LittleEndian(source[12..]) == 0 &&
            !source[48..ChecksumOffset].ContainsAnyExcept((byte)0);
        return formatVersion > 0 && areReservedZero &&
            header is { Start: >= 0, PreviousVersion: >= 0, SegmentBytes: >= WalFormat.SegmentHeaderSize };
    }
}

/// <summary>The head of a record; <see cref="WalFormat"/> draws it.</summary>
internal readonly record struct WalRecordHeader(
    WalRecordKind Kind, int Length, long Version, long SyncedThrough, uint PayloadChecksum)
{
    public long RecordSize => WalFormat.RecordSize(Length);

    public void Write(Span<byte> destination, long epoch)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], PayloadChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], (byte)Kind);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], SyncedThrough);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Checksum(destination, epoch));
    }

    /// <summary>Decodes a head; false if these bytes are none of this epoch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryRead(ReadOnlySpan<byte> source, long epoch, out WalRecordHeader header)
    {
        var kindAndReserved = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        header = new WalRecordHeader(
            (WalRecordKind)kindAndReserved,
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]));
        // The cheap checks come first: the search behind a damaged record asks at every eighth byte.
        return kindAndReserved is > 0 and <= byte.MaxValue &&
            header is { Length: >= 0 and <= WalFormat.MaxPayloadBytes, Version: >= 0, SyncedThrough: >= 0 } &&
            BinaryPrimitives.ReadUInt32LittleEndian(source) == Checksum(source, epoch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Checksum(ReadOnlySpan<byte> header, long epoch)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.WalRecordsHaveNoEpoch)
            epoch = 0;
#endif
        return Crc32C.Extend((uint)epoch, header[sizeof(uint)..WalFormat.RecordHeaderSize]);
    }
}
