using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FerrisDB.Storage;

/// <summary>
/// Prints a table for people: its facts, its blocks, its entries, or every byte of it with what it means.
/// </summary>
/// <remarks>Damage is printed where it is met, and ends the printing of that block.</remarks>
internal static class SSTableInspector
{
    private const int TextBytesMax = 60;

    /// <summary>The properties and a line for each section.</summary>
    public static void WriteSummary(IFile file, TextWriter output)
    {
        var layout = SSTableLayout.Read(file);
        Line(output, $"{Path.GetFileName(file.Path)}: table, {layout.Footer.FileSize:N0} bytes");
        layout.Source.ReadChain(layout.Footer.Properties, BlockKind.Properties, (key, _, value) =>
            Line(output, $"  {Encoding.ASCII.GetString(key),-18} {PropertyText(key, value)}"));
        foreach (var blocks in layout.Blocks.GroupBy(block => block.Kind, block => (long)block.Handle.SizeBytes))
            Line(output, $"  {NameOf(blocks.Key),-18} {blocks.Count():N0} blocks, {blocks.Sum():N0} bytes");
    }

    /// <summary>A line for each block in the order of the file and, if wanted, for each entry.</summary>
    public static void WriteBlocks(IFile file, TextWriter output, bool withEntries)
    {
        var layout = SSTableLayout.Read(file);
        foreach (var (kind, handle) in layout.Blocks)
        {
            try
            {
                var header = StoredBlock.Verify(layout.ReadStored(handle), file.Path, handle.Offset, kind);
                var size = Format($"{handle.SizeBytes:N0} bytes{CompressionText(header)}");
                Line(output, $"{handle.Offset,12:N0}  {NameOf(kind)}: {header.EntryCount} {CountedIn(kind)}, {size}");
                if (withEntries && kind != BlockKind.Filter)
                    layout.Source.ReadBlock(handle, kind, (key, tag, value) =>
                        Line(output, $"                {Describe(kind, key, tag, value)}"));
            }
            catch (FerrisException damage)
            {
                Line(output, $"{handle.Offset,12:N0}  {NameOf(kind)}: {damage.Message}");
            }
        }
        Line(output, $"{layout.Footer.FileSize - SSTableFormat.FooterSize,12:N0}  footer");
    }

    /// <summary>Every byte of the file in hexadecimal, with the field that it belongs to.</summary>
    public static void WriteBytes(IFile file, TextWriter output)
    {
        var layout = SSTableLayout.Read(file);
        foreach (var (kind, handle) in layout.Blocks)
        {
            var stored = layout.ReadStored(handle);
            Line(output, $"{NameOf(kind)} block");
            try
            {
                var header = StoredBlock.Verify(stored, file.Path, handle.Offset, kind);
                WriteBlockBytes(layout, header, handle, new AnnotatedBytes(output, stored, handle.Offset));
            }
            catch (FerrisException damage)
            {
                Line(output, $"  {damage.Message}");
            }
            Line(output, $"");
        }
        WriteFooterBytes(layout, output);
    }

    /// <summary>What an entry says, on one line.</summary>
    public static string Describe(BlockKind kind, ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value) =>
        kind switch
        {
            BlockKind.Index => Format($"{Text(key)}{FenceTagText(tag)} -> {PlaceText(value)}"),
            BlockKind.RangeTombstones => Format($"{Text(key)} to {Text(value)} cleared @{tag.Version}"),
            BlockKind.Properties => Format($"{Text(key)} = {PropertyText(key, value)}"),
            _ when tag.Kind == EntryKind.Tombstone => Format($"{Text(key)} cleared @{tag.Version}"),
            _ when tag.Kind == EntryKind.BlobReference && BlobReference.TryRead(value, out var reference) =>
                Format($"{Text(key)} @{tag.Version} = {reference}"),
            _ => Format($"{Text(key)} @{tag.Version} = {Text(value)}"),
        };

    private static void WriteBlockBytes(
        SSTableLayout layout, StoredBlockHeader header, BlockHandle handle, AnnotatedBytes bytes)
    {
        bytes.Field(4, Format($"payloadSize {header.PayloadSize}"));
        bytes.Field(4, Format($"entryCount {header.EntryCount}"));
        if (header.Kind == BlockKind.Filter)
            WriteFilterBytes(header, ref bytes);
        else if (header.Compression != Compression.None)
            WriteCompressedBytes(layout, header, handle, ref bytes);
        else
            WriteEntryBytes(layout, header, handle, ref bytes);
        bytes.Field(1, Format($"type: {NameOf(header.Kind)}{CompressionText(header)}"));
        bytes.Field(4, "checksum");
    }

    private static void WriteFilterBytes(StoredBlockHeader header, ref AnnotatedBytes bytes)
    {
        for (var line = 0; line < header.PayloadSize / BloomFilter.LineSize; line++)
            bytes.Field(BloomFilter.LineSize, Format($"cache line {line}"));
    }

    private static void WriteCompressedBytes(
        SSTableLayout layout, StoredBlockHeader header, BlockHandle handle, ref AnnotatedBytes bytes)
    {
        bytes.Field(bytes.Remaining - SSTableFormat.BlockTrailerSize, "compressed payload:");
        var output = bytes.Output;
        layout.Source.ReadBlock(handle, header.Kind, (key, tag, value) =>
            Line(output, $"{"",60}{Describe(header.Kind, key, tag, value)}"));
    }

    // The same walk as in BlockDecoder, which has checked all of it when the entries were read.
    private static void WriteEntryBytes(
        SSTableLayout layout, StoredBlockHeader header, BlockHandle handle, ref AnnotatedBytes bytes)
    {
        var descriptions = new List<string>();
        layout.Source.ReadBlock(handle, header.Kind, (key, tag, value) =>
            descriptions.Add(Describe(header.Kind, key, tag, value)));
        bytes.Field(8, Format($"baseVersion {BinaryPrimitives.ReadInt64LittleEndian(bytes.Next(8))}"));
        for (var index = 0; index < descriptions.Count; index++)
        {
            var isRestart = index % SSTableFormat.RestartInterval == 0;
            bytes.Title(Format($"entry {index}{(isRestart ? ", restart point" : "")}: {descriptions[index]}"));
            bytes.VarintField("shared");
            var suffixSize = (int)bytes.VarintField("suffixSize");
            var valueSize = (int)bytes.VarintField("valueSize");
            bytes.VarintField("tag");
            bytes.Field(suffixSize, Format($"suffix {Text(bytes.Next(suffixSize))}"));
            bytes.Field(valueSize, "value");
        }
        if (header.Kind == BlockKind.Data)
            bytes.Field((int)header.EntryCount, "fingerprints");
    }

    private static void WriteFooterBytes(SSTableLayout layout, TextWriter output)
    {
        var offset = layout.Footer.FileSize - SSTableFormat.FooterSize;
        var bytes = new AnnotatedBytes(
            output, layout.ReadStored(new BlockHandle(offset, SSTableFormat.FooterSize)), offset);
        Line(output, $"footer");
        WritePlace("indexRoot", layout.Footer.IndexRoot, ref bytes);
        WritePlace("properties", layout.Footer.Properties, ref bytes);
        WritePlace("filter", layout.Footer.Filter, ref bytes);
        WritePlace("rangeTombstones", layout.Footer.RangeTombstones, ref bytes);
        bytes.Field(8, Format($"fileSize {layout.Footer.FileSize}"));
        bytes.Field(4, "formatVersion");
        bytes.Field(4, "checksum");
        bytes.Field(8, "magic");
    }

    private static void WritePlace(string name, BlockHandle handle, ref AnnotatedBytes bytes) =>
        bytes.Field(BlockHandle.Size, Format($"{name}: {(handle.IsAbsent ? "absent" : PlaceText(handle))}"));

    private static string CompressionText(StoredBlockHeader header) => header.Compression == Compression.None
        ? ""
        : Format($", {header.Compression} of {header.PayloadSize:N0} bytes");

    private static string CountedIn(BlockKind kind) => kind == BlockKind.Filter ? "bits for each key" : "entries";

    private static string FenceTagText(EntryTag tag) => tag == Fence.BeforeAll ? "" : Format($" @{tag.Version}");

    private static string PlaceText(BlockHandle handle) => Format($"{handle.SizeBytes} bytes at {handle.Offset}");

    private static string PlaceText(ReadOnlySpan<byte> value)
    {
        var position = 0;
        if (!Varint.TryRead(value, ref position, out var offset) || !Varint.TryRead(value, ref position, out var size))
            return Text(value);
        var place = Format($"{size} bytes at {offset}");
        return Varint.TryRead(value, ref position, out var count) ? Format($"{place}, {count} blocks") : place;
    }

    private static string PropertyText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!name.SequenceEqual("blob-uses"u8) || BlobUsesCodec.TryDecode(value) is not { } uses)
            return NumberOrText(name, value);
        return string.Join(", ", uses.Select(use =>
            Format($"{use.Records} values in {FileNames.Blob(use.FileNumber)} ({use.Bytes} bytes)")));
    }

    private static string NumberOrText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        value.Length != sizeof(long) || name.StartsWith("span"u8)
            ? Text(value)
            : Format($"{BinaryPrimitives.ReadInt64LittleEndian(value)}");

    private static string NameOf(BlockKind kind) => kind switch
    {
        BlockKind.RangeTombstones => "range tombstones",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>Printable ASCII as it is, everything else as <c>\xNN</c>; long ones are cut.</summary>
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes[..Math.Min(bytes.Length, TextBytesMax)])
        {
            if (value is >= 0x20 and < 0x7f && value != '\\')
                text.Append((char)value);
            else
                text.Append(Format($"\\x{value:x2}"));
        }
        if (bytes.Length > TextBytesMax)
            text.Append(Format($"... ({bytes.Length} bytes)"));
        return text.ToString();
    }

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(Format(text));

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
