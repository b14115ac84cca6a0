using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FerrisDB.Storage;

// The payload of a manifest record is a ManifestEdit as a list of fields, each a byte that names it and its value.
// Fields come in ascending order of that byte; only those marked * may repeat. One edit has one encoding.
//
//     field  value
//         1  next file number   i64
//         2  durable version    i64
//         3  last version       i64
//         4  floor              i64
//         5  newest segment     number i64, size in bytes i64
//         6  limits             key bytes i32, value bytes i32
//         7  created by         text
//         8* mark               text
//         9* removed table      level u8, file number i64
//        10* added table        level u8, file number i64, size in bytes i64, oldest version i64, newest version i64,
//                               entries i64, tombstones i64, range tombstones i64, global version i64,
//                               older versions i64, first key bytes, key behind the last bytes,
//                               blob uses bytes: file number i64, records i64, bytes i64 of each
//        11* removed blob       file number i64
//        12* added blob         file number i64, size in bytes i64, records i64
//
//     bytes = length i32, content; text = the same in UTF-8. Integers are little-endian.

/// <summary>Writes and reads the fields of an edit.</summary>
internal static class ManifestEditCodec
{
    public static void Encode(ManifestEdit edit, IBufferWriter<byte> output)
    {
        Number(output, ManifestField.NextFileNumber, edit.NextFileNumber);
        Number(output, ManifestField.DurableVersion, edit.DurableVersion);
        Number(output, ManifestField.LastVersion, edit.LastVersion);
        Number(output, ManifestField.Floor, edit.Floor);
        if (edit.NewestSegment is { } segment)
        {
            Byte(output, (byte)ManifestField.NewestSegment);
            Int64(output, segment.Number);
            Int64(output, segment.SizeBytes);
        }
        if (edit.Limits is { } limits)
        {
            Byte(output, (byte)ManifestField.Limits);
            Int32(output, limits.KeyBytes);
            Int32(output, limits.ValueBytes);
        }
        if (edit.CreatedBy is { } createdBy)
            Text(output, ManifestField.CreatedBy, createdBy);
        foreach (var mark in edit.Marks)
            Text(output, ManifestField.Mark, mark);
        foreach (var place in edit.RemovedTables)
        {
            Byte(output, (byte)ManifestField.RemovedTable);
            Byte(output, (byte)place.Level);
            Int64(output, place.FileNumber);
        }
        foreach (var table in edit.AddedTables)
            AddedTable(output, table);
        foreach (var number in edit.RemovedBlobs)
            Number(output, ManifestField.RemovedBlob, number);
        foreach (var blob in edit.AddedBlobs)
        {
            Number(output, ManifestField.AddedBlob, blob.FileNumber);
            Int64(output, blob.SizeBytes);
            Int64(output, blob.RecordCount);
        }
    }

    /// <summary>
    /// Damage throws; <paramref name="path"/> and <paramref name="offset"/> say where the payload lies.
    /// </summary>
    public static ManifestEdit Decode(ReadOnlySpan<byte> payload, string path, long offset) =>
        new ManifestEditDecoder(payload, path, offset).Decode();

    private static void AddedTable(IBufferWriter<byte> output, PlacedTable table)
    {
        var metadata = table.Metadata;
        Byte(output, (byte)ManifestField.AddedTable);
        Byte(output, (byte)table.Level);
        Int64(output, metadata.FileNumber);
        Int64(output, metadata.SizeBytes);
        Int64(output, metadata.OldestVersion);
        Int64(output, metadata.NewestVersion);
        Int64(output, metadata.EntryCount);
        Int64(output, metadata.TombstoneCount);
        Int64(output, metadata.RangeTombstoneCount);
        Int64(output, metadata.GlobalVersion);
        Int64(output, metadata.OlderVersionCount);
        Bytes(output, metadata.Span.Begin);
        Bytes(output, metadata.Span.End);
        Bytes(output, BlobUsesCodec.Encode(metadata.BlobUses));
    }

    private static void Number(IBufferWriter<byte> output, ManifestField field, long? value)
    {
        if (value is null)
            return;
        Byte(output, (byte)field);
        Int64(output, value.Value);
    }

    private static void Text(IBufferWriter<byte> output, ManifestField field, string text)
    {
        Byte(output, (byte)field);
        Bytes(output, Encoding.UTF8.GetBytes(text));
    }

    private static void Bytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Int32(output, bytes.Length);
        output.Write(bytes);
    }

    private static void Byte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void Int32(IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), value);
        output.Advance(sizeof(int));
    }

    private static void Int64(IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }
}

/// <summary>The byte in front of each value of an encoded edit.</summary>
internal enum ManifestField : byte
{
    NextFileNumber = 1,
    DurableVersion = 2,
    LastVersion = 3,
    Floor = 4,
    NewestSegment = 5,
    Limits = 6,
    CreatedBy = 7,
    Mark = 8,
    RemovedTable = 9,
    AddedTable = 10,
    RemovedBlob = 11,
    AddedBlob = 12,
}
