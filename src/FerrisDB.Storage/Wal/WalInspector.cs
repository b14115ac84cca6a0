using System.Globalization;
using System.Text;

namespace FerrisDB.Storage;

/// <summary>Prints a segment of the log for people: what it holds, or every byte of it with what it means.</summary>
/// <remarks>It prints as far as the segment is whole and says where and why it stops; it judges nothing.</remarks>
internal static class WalInspector
{
    private const int BytesPerLine = 8;
    private const int TextBytesMax = 60;

    /// <summary>A line for the segment, for each record and for each entry.</summary>
    public static void WriteRecords(WalReader reader, TextWriter output)
    {
        output.WriteLine(Invariant($"{Path.GetFileName(reader.Path)}: log segment, {reader.Length} bytes"));
        if (!HasHeader(reader))
        {
            output.WriteLine(
                "  no header of this use of the file: nothing has been written to it yet, or it is damaged");
            return;
        }
        var header = reader.Header;
        output.Write(Invariant($"  epoch {header.Epoch}, log position {header.Start}, "));
        output.WriteLine(Invariant($"behind version {header.PreviousVersion}, made for {header.SegmentBytes} bytes"));
        while (reader.TryNext())
        {
            var record = reader.Record;
            output.Write(Invariant($"  @{reader.Offset} {NameOf(record.Kind)}, version {record.Version}, "));
            output.WriteLine(Invariant($"{record.Length} bytes, log durable up to {record.SyncedThrough}"));
            if (record.Kind == WalRecordKind.Batch)
                WriteEntries(reader, output);
        }
        output.WriteLine(Invariant($"  @{reader.NextOffset} {reader.EndReason}"));
    }

    /// <summary>Every byte of the header and the records, in hexadecimal, with the field that it belongs to.</summary>
    public static void WriteBytes(WalReader reader, IFile file, TextWriter output)
    {
        if (!HasHeader(reader))
        {
            output.WriteLine("no header of this use of the file");
            return;
        }
        WriteHeaderBytes(reader, file, output);
        while (reader.TryNext())
            WriteRecordBytes(reader, file, output);
        output.WriteLine(Invariant($"{reader.NextOffset,8:x}  {reader.EndReason}"));
    }

    /// <summary>
    /// A key or value as text: printable ASCII as it is, everything else as <c>\xNN</c>; long ones are cut.
    /// </summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes[..Math.Min(bytes.Length, TextBytesMax)])
        {
            if (value is >= 0x20 and < 0x7f && value != '\\')
                text.Append((char)value);
            else
                text.Append(Invariant($"\\x{value:x2}"));
        }
        if (bytes.Length > TextBytesMax)
            text.Append(Invariant($"... ({bytes.Length} bytes)"));
        return text.ToString();
    }

    // A copy under another name, and a file that waits to be used again, are shown as what they once were.
    private static bool HasHeader(WalReader reader) => reader.IsBegun || reader.IsLeftover;

    private static void WriteEntries(WalReader reader, TextWriter output)
    {
        var batch = new BatchReader(reader.Payload, reader.Path, reader.Offset + WalFormat.RecordHeaderSize);
        while (batch.TryNext(out var entry))
            output.WriteLine("    " + Describe(entry));
    }

    private static string Describe(BatchEntry entry) => entry.Kind switch
    {
        BatchEntryKind.Put => $"put {Text(entry.Key)} = {Text(entry.Value)}",
        BatchEntryKind.Delete => $"delete {Text(entry.Key)}",
        _ => $"delete range {Text(entry.Key)} .. {Text(entry.End)}",
    };

    private static void WriteHeaderBytes(WalReader reader, IFile file, TextWriter output)
    {
        var header = reader.Header;
        WriteField(file, 0, 8, "magic", output);
        WriteField(file, 8, 4, "formatVersion", output);
        WriteField(file, 12, 4, "reserved", output);
        WriteField(file, 16, 8, Invariant($"epoch {header.Epoch}"), output);
        WriteField(file, 24, 8, Invariant($"start {header.Start}"), output);
        WriteField(file, 32, 8, Invariant($"previousVersion {header.PreviousVersion}"), output);
        WriteField(file, 40, 8, Invariant($"segmentBytes {header.SegmentBytes}"), output);
        WriteField(file, 48, 12, "reserved", output);
        WriteField(file, 60, 4, "checksum", output);
    }

    private static void WriteRecordBytes(WalReader reader, IFile file, TextWriter output)
    {
        var record = reader.Record;
        var at = reader.Offset;
        output.WriteLine();
        WriteField(file, at, 4, "headerChecksum", output);
        WriteField(file, at + 4, 4, "payloadChecksum", output);
        WriteField(file, at + 8, 4, Invariant($"length {record.Length}"), output);
        WriteField(file, at + 12, 1, Invariant($"kind: {NameOf(record.Kind)}"), output);
        WriteField(file, at + 13, 3, "reserved", output);
        WriteField(file, at + 16, 8, Invariant($"version {record.Version}"), output);
        WriteField(file, at + 24, 8, Invariant($"syncedThrough {record.SyncedThrough}"), output);
        at += WalFormat.RecordHeaderSize;
        if (record.Kind == WalRecordKind.Batch)
            WritePayloadBytes(reader, file, at, output);
        WriteField(file, at + record.Length, (int)(reader.NextOffset - at - record.Length), "padding", output);
    }

    private static void WritePayloadBytes(WalReader reader, IFile file, long at, TextWriter output)
    {
        var batch = new BatchReader(reader.Payload, reader.Path, at);
        WriteField(file, at, BatchFormat.HeaderSize, Invariant($"count {batch.Remaining}"), output);
        for (var position = batch.Position; batch.TryNext(out var entry); position = batch.Position)
            WriteField(file, at + position, batch.Position - position, Describe(entry), output);
    }

    private static void WriteField(IFile file, long offset, int length, string meaning, TextWriter output)
    {
        Span<byte> bytes = stackalloc byte[BytesPerLine];
        for (var at = 0; at < length; at += BytesPerLine)
        {
            var line = bytes[..Math.Min(BytesPerLine, length - at)];
            line = line[..file.Read(offset + at, line)];
            var hex = string.Join(' ', Convert.ToHexStringLower(line).Chunk(2).Select(digits => new string(digits)));
            output.WriteLine(Invariant($"{offset + at,8:x}  {hex,-23}  {(at == 0 ? meaning : "")}").TrimEnd());
        }
    }

    private static string NameOf(WalRecordKind kind) => kind == WalRecordKind.Batch ? "batch" : "end mark";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
