using System.Buffers.Binary;

namespace FerrisDB.Cli;

/// <summary>
/// Explains a file of a database: a segment of the log, a table, a blob or a manifest, told by what is in it.
/// </summary>
/// <remarks>
/// It needs no lock and opens no database, so the file may be a copy, damaged, or in use by a writer; then what is
/// written meanwhile may look torn.
/// </remarks>
internal sealed class FileInspection : IDisposable
{
    private const int MagicBytes = 8;
    private const int ManifestNumberAt = 16;

    private readonly IFile _file;
    private readonly long? _number;

    public FileInspection(string path)
    {
        FileKind? named = null;
        if (FileNames.TryParse(Path.GetFileName(path), out var kind, out var number))
        {
            _number = number;
            named = kind is FileKind.Wal or FileKind.Table or FileKind.Blob or FileKind.Manifest ? kind : null;
        }
        _file = new DiskFileSystem().Open(path, FileAccess.Read);
        Kind = KindOf(_file) ?? named ?? throw NotOurs(path);
    }

    /// <summary>What the file is: its magic says so, or if that is damaged, its name.</summary>
    public FileKind Kind { get; }

    public long Length => _file.Length;

    /// <summary>Writes the explanation. Returns false if damage was met.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="withBytes">Show every byte and what it means.</param>
    /// <param name="withEntries">List the entries of each block of a table.</param>
    public bool Write(TextWriter writer, bool withBytes, bool withEntries)
    {
        switch (Kind)
        {
            case FileKind.Wal:
                WriteWal(writer, withBytes);
                return true;
            case FileKind.Table:
                WriteTable(writer, withBytes, withEntries);
                return true;
            case FileKind.Blob:
                return WriteBlob(writer, withBytes, withEntries);
            default:
                return WriteManifest(writer, withBytes);
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileKind? KindOf(IFile file)
    {
        Span<byte> magic = stackalloc byte[MagicBytes];
        var first = magic[..file.Read(0, magic)];
        if (first.SequenceEqual(WalFormat.Magic))
            return FileKind.Wal;
        if (first.SequenceEqual(ManifestFormat.Magic))
            return FileKind.Manifest;
        if (first.SequenceEqual(BlobFormat.HeaderMagic))
            return FileKind.Blob;
        var last = magic[..file.Read(Math.Max(0, file.Length - MagicBytes), magic)];
        if (last.SequenceEqual(BlobFormat.FooterMagic))
            return FileKind.Blob;
        return last.SequenceEqual(SSTableFormat.Magic) ? FileKind.Table : null;
    }

    private static UsageException NotOurs(string path) =>
        new($"{path} is no log segment, table, blob or manifest of FerrisDB.");

    private void WriteWal(TextWriter writer, bool withBytes)
    {
        var picture = OpenWal();
        while (picture.TryNext())
        {
        }
        if (picture.IsBegun || picture.IsLeftover)
        {
            LayoutDrawing.Write(writer,
            [
                ("header", WalFormat.SegmentHeaderSize),
                ("records", picture.NextOffset - WalFormat.SegmentHeaderSize),
                ("free", Length - picture.NextOffset),
            ]);
        }
        if (withBytes)
            WalInspector.WriteBytes(OpenWal(), _file, writer);
        else
            WalInspector.WriteRecords(OpenWal(), writer);
    }

    // Not disposed: that would close the file.
    private WalReader OpenWal() => new(_file, _number);

    private static string NameOf(BlockKind kind) =>
        kind == BlockKind.RangeTombstones ? "range tombstones" : kind.ToString().ToLowerInvariant();

    private void WriteTable(TextWriter writer, bool withBytes, bool withEntries)
    {
        var layout = SSTableLayout.Read(_file);
        var sections = layout.Blocks.GroupBy(block => block.Kind)
            .Select(blocks => (NameOf(blocks.Key), blocks.Sum(block => (long)block.Handle.SizeBytes)));
        LayoutDrawing.Write(writer, [.. sections, ("footer", SSTableFormat.FooterSize)]);
        if (withBytes)
        {
            SSTableInspector.WriteBytes(_file, writer);
            return;
        }
        SSTableInspector.WriteSummary(_file, writer);
        writer.WriteLine();
        SSTableInspector.WriteBlocks(_file, writer, withEntries);
    }

    private bool WriteBlob(TextWriter writer, bool withBytes, bool withRecords)
    {
        LayoutDrawing.Write(writer,
        [
            ("header", BlobFormat.HeaderSize),
            ("records", Length - BlobFormat.HeaderSize - BlobFormat.FooterSize),
            ("footer", BlobFormat.FooterSize),
        ]);
        return withBytes
            ? BlobInspector.WriteBytes(_file, writer)
            : BlobInspector.Write(_file, _number, writer, withRecords);
    }

    private bool WriteManifest(TextWriter writer, bool withBytes)
    {
        var content = new byte[_file.Length];
        var length = _file.Read(0, content);
        if (length < ManifestFormat.HeaderSize)
            throw FerrisException.Corrupt(
                _file.Path, 0, $"a header of {ManifestFormat.HeaderSize} bytes", $"{length} bytes");
        LayoutDrawing.Write(writer,
        [
            ("header", ManifestFormat.HeaderSize), ("edits", length - ManifestFormat.HeaderSize),
        ]);
        var number = _number ?? BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(ManifestNumberAt));
        return ManifestInspector.Inspect(_file.Path, content[..length], number, writer, withBytes);
    }
}
