using System.Buffers;
using System.Buffers.Binary;

namespace FerrisDB.Storage;

// A manifest is the log of what the database consists of. It begins with a snapshot; edits follow, each synced before
// the next is written:
//
//     +--------+----------+--------+--------+-----+--------+----------+
//     | header | snapshot | edit 1 | edit 2 | ... | edit n | end mark |
//     +--------+----------+--------+--------+-----+--------+----------+
//
// Header. These 32 bytes never change their layout, so that every version can tell that a file is too new for it.
//
//     offset  size  field
//          0     8  magic      "FERRISMF"
//          8     4  version    of the format: 1
//         12     4  zero
//         16     8  number     N of MANIFEST-N
//         24     4  zero
//         28     4  checksum   CRC-32C of the 28 bytes before
//
// Record. The snapshot, the edits and the end mark look alike.
//
//     offset  size  field
//          0     4  checksum   CRC-32C of everything behind this field
//          4     4  length     bytes of the payload; 0 is the end mark
//          8     8  sequence   0 for the snapshot, then one more for each record
//         16     n  payload    a ManifestEdit, see ManifestEditCodec
//
// The end mark says that everything before it has been synced. It is written behind each record once that record's sync
// has returned, and the next record overwrites it. So a damaged record with any valid record (or mark) behind it was
// once acknowledged: that is corruption. A damaged record with nothing valid behind it is an append that a crash cut
// short. Integers are little-endian.

/// <summary>The parts of a manifest that are not edits: its header and the frame of each record.</summary>
internal static class ManifestFormat
{
    public const int Version = 1;
    public const int HeaderSize = 8 + 4 + 4 + 8 + 4 + 4;
    public const int RecordHeaderSize = 4 + 4 + 8;

    internal const uint HeaderMatchesPicture = HeaderSize == 32 && RecordHeaderSize == 16 ? 0 : -1;

    public static ReadOnlySpan<byte> Magic => "FERRISMF"u8;

    public static void WriteHeader(IBufferWriter<byte> output, long number)
    {
        var header = output.GetSpan(HeaderSize)[..HeaderSize];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], Crc32C.Of(header[..28]));
        output.Advance(HeaderSize);
    }

    public static void WriteEdit(IBufferWriter<byte> output, long sequence, ManifestEdit edit)
    {
        var payload = new ArrayBufferWriter<byte>();
        ManifestEditCodec.Encode(edit, payload);
        Invariant.That(payload.WrittenCount > 0);
        WritePayload(output, sequence, payload.WrittenSpan);
    }

    public static void WriteEndMark(IBufferWriter<byte> output, long sequence) => WritePayload(output, sequence, []);

    /// <summary>Checks a header and returns nothing but: damage and newer versions throw.</summary>
    public static void CheckHeader(string path, ReadOnlySpan<byte> content, long number)
    {
        if (content.Length < HeaderSize)
            throw FerrisException.Corrupt(path, 0, $"a header of {HeaderSize} bytes", $"{content.Length} bytes");
        var header = content[..HeaderSize];
        if (!header.StartsWith(Magic))
            throw FerrisException.Corrupt(path, 0, "the magic FERRISMF", Convert.ToHexString(header[..8]));
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[28..]);
        var computed = Crc32C.Of(header[..28]);
        if (checksum != computed)
            throw FerrisException.Corrupt(path, 28, $"checksum {computed:x8}", $"{checksum:x8}");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version > Version)
            throw TooNew(path, version);
        if (version < 1)
            throw FerrisException.Corrupt(path, 8, $"a format version from 1 to {Version}", $"{version}");
        CheckHeaderFields(path, header, number);
    }

    /// <summary>True if a whole, undamaged record begins at <paramref name="offset"/>.</summary>
    public static bool TryReadRecord(
        ReadOnlySpan<byte> content, int offset, out long sequence, out ReadOnlySpan<byte> payload)
    {
        sequence = 0;
        payload = default;
        if (content.Length - offset < RecordHeaderSize)
            return false;
        var record = content[offset..];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(record[4..]);
        if (length > (uint)(record.Length - RecordHeaderSize))
            return false;
        record = record[..(RecordHeaderSize + (int)length)];
        sequence = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
        payload = record[RecordHeaderSize..];
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == Crc32C.Of(record[4..]);
    }

    /// <summary>
    /// The sequence that bytes at <paramref name="offset"/> claim: cheap to test before their checksum.
    /// </summary>
    public static long PeekSequence(ReadOnlySpan<byte> content, int offset) =>
        BinaryPrimitives.ReadInt64LittleEndian(content[(offset + 8)..]);

    public static void WritePayload(IBufferWriter<byte> output, long sequence, ReadOnlySpan<byte> payload)
    {
        var size = RecordHeaderSize + payload.Length;
        var record = output.GetSpan(size)[..size];
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], sequence);
        payload.CopyTo(record[RecordHeaderSize..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Of(record[4..]));
        output.Advance(size);
    }

    private static void CheckHeaderFields(string path, ReadOnlySpan<byte> header, long number)
    {
        var found = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if (found != number)
            throw FerrisException.Corrupt(path, 16, $"number {number}", $"{found}");
        if (BinaryPrimitives.ReadInt32LittleEndian(header[12..]) != 0)
            throw FerrisException.Corrupt(path, 12, "zero", Convert.ToHexString(header[12..16]));
        if (BinaryPrimitives.ReadInt32LittleEndian(header[24..]) != 0)
            throw FerrisException.Corrupt(path, 24, "zero", Convert.ToHexString(header[24..28]));
    }

    private static FerrisException TooNew(string path, int version) =>
        new(ErrorCode.FormatTooNew,
            $"{path} has format version {version}; this program reads up to version {Version}. Use a newer FerrisDB.");
}
