using System.Globalization;

namespace FerrisDB.Storage;

/// <summary>Prints a blob for people: its facts, its records, or every byte of it with what it means.</summary>
internal static class BlobInspector
{
    /// <summary>The facts, and a line for each record if wanted. Returns false if damage was met.</summary>
    public static bool Write(IFile file, long? number, TextWriter output, bool withRecords)
    {
        try
        {
            var footer = BlobFooter.Read(file, number);
            Line(output, $"{Path.GetFileName(file.Path)}: blob, {footer.FileSize:N0} bytes");
            Line(output, $"  records    {footer.RecordCount:N0}");
            Line(output, $"  values     {footer.ValueBytes:N0} bytes before compression");
        }
        catch (FerrisException damage)
        {
            Line(output, $"  {damage.Message}");
            return false;
        }
        return !withRecords || WriteRecords(file, output);
    }

    /// <summary>Every byte of the file in hexadecimal, with the field that it belongs to.</summary>
    public static bool WriteBytes(IFile file, TextWriter output)
    {
        var isWhole = true;
        var header = new AnnotatedBytes(output, ReadBytes(file, 0, BlobFormat.HeaderSize), 0);
        Line(output, $"header");
        header.Field(8, "magic");
        header.Field(4, "formatVersion");
        header.Field(4, "zero");
        header.Field(8, "number");
        header.Field(4, "zero");
        header.Field(4, "checksum");
        var walk = new BlobWalk(file);
        for (var index = 0; !walk.IsAtEnd; index++)
        {
            isWhole &= WriteRecordBytes(file, walk, index, output);
            if (!walk.Skip())
                return false;
        }
        WriteFooterBytes(file, output);
        return isWhole;
    }

    private static bool WriteRecords(IFile file, TextWriter output)
    {
        var walk = new BlobWalk(file);
        var isWhole = true;
        while (!walk.IsAtEnd)
        {
            try
            {
                var record = walk.Read();
                Line(output, $"{walk.Offset,12:N0}  {Describe(record)}");
            }
            catch (FerrisException damage)
            {
                Line(output, $"{walk.Offset,12:N0}  {damage.Message}");
                isWhole = false;
            }
            if (!walk.Skip())
                return false;
        }
        Line(output, $"{walk.Offset,12:N0}  footer");
        return isWhole;
    }

    private static bool WriteRecordBytes(IFile file, BlobWalk walk, int index, TextWriter output)
    {
        Line(output, $"");
        try
        {
            var record = walk.Read();
            Line(output, $"record {index}: {Describe(record)}");
            var bytes = new AnnotatedBytes(output, ReadBytes(file, walk.Offset, record.SizeBytes), walk.Offset);
            bytes.Field(4, "checksum");
            bytes.Field(4, Format($"keySize {record.Key.Length}"));
            bytes.Field(4, Format($"valueSize {record.ValueSize}"));
            bytes.Field(4, Format($"storedSize {record.Stored.Length}"));
            bytes.Field(8, Format($"tag: version {record.Version}, compression {record.Compression}"));
            bytes.Field(record.Key.Length, "key");
            bytes.Field(record.Stored.Length, "value");
            return true;
        }
        catch (FerrisException damage)
        {
            Line(output, $"record {index}: {damage.Message}");
            return false;
        }
    }

    private static void WriteFooterBytes(IFile file, TextWriter output)
    {
        Line(output, $"");
        Line(output, $"footer");
        var offset = file.Length - BlobFormat.FooterSize;
        var bytes = new AnnotatedBytes(output, ReadBytes(file, offset, BlobFormat.FooterSize), offset);
        bytes.Field(8, "recordCount");
        bytes.Field(8, "valueBytes");
        bytes.Field(8, "fileSize");
        bytes.Field(4, "formatVersion");
        bytes.Field(4, "checksum");
        bytes.Field(8, "magic");
    }

    private static string Describe(BlobRecord record)
    {
        var compression = record.Compression == Compression.None
            ? ""
            : Format($", {record.Compression} in {record.Stored.Length:N0}");
        return Format($"{KeyText.Of(record.Key)} @{record.Version} = {record.ValueSize:N0} bytes{compression}");
    }

    private static byte[] ReadBytes(IFile file, long offset, int count)
    {
        var bytes = new byte[count];
        return bytes[..file.Read(offset, bytes)];
    }

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(Format(text));

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
