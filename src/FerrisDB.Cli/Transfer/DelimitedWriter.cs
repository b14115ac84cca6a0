using CsvHelper;

namespace FerrisDB.Cli;

/// <summary>
/// Writes CSV or TSV with the columns <c>key</c> and <c>value</c>; what is no text has <c>\xNN</c> escapes.
/// </summary>
internal sealed class DelimitedWriter : RecordWriter
{
    private readonly CsvWriter _csv;

    public DelimitedWriter(Stream output, char separator)
    {
        _csv = CsvWriter.Create(
            output, new CsvWriterOptions { Separator = separator, NewLine = "\n" }, leaveOpen: true);
        _csv.WriteRecord(["key", "value"]);
    }

    public override void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        WriteField(key);
        WriteField(value);
        _csv.EndRecord();
    }

    public override void Dispose() => _csv.Dispose();

    private void WriteField(ReadOnlySpan<byte> bytes)
    {
        if (EscapedText.IsText(bytes))
            _csv.WriteField(bytes);
        else
            _csv.WriteField(EscapedText.Format(bytes));
    }
}
