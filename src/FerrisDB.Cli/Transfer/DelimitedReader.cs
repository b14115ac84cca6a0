using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;

namespace FerrisDB.Cli;

/// <summary>Reads CSV or TSV with a header.</summary>
/// <remarks>Every field is text: the JSON of a record has strings only.</remarks>
internal sealed class DelimitedReader : RecordReader
{
    private const int BufferBytes = 256 << 10;
    private const int RecordBytesMax = 64 << 20;

    private readonly CsvReader _csv;
    private readonly RecordFields _fields;
    private readonly Utf8JsonWriter _json;
    private readonly int[] _keys;
    private readonly int _value;
    private readonly int[] _rest;
    private readonly JsonEncodedText[] _restNames;
    private CsvMalformedReason? _malformed;

    public DelimitedReader(Stream input, char separator, RecordFields fields, bool hasQuotes)
    {
        _fields = fields;
        _json = new Utf8JsonWriter(ValueBuffer, CliJson.WriterOptions);
        _csv = CsvReader.Create(input, new CsvReaderOptions
        {
            Separator = separator,
            Mode = hasQuotes ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            BufferSize = BufferBytes,
            MaxRecordSize = RecordBytesMax,
            TrackLineNumbers = true,
            // A quote in the middle of a field is wrong in CSV and usual in TSV.
            OnMalformedRecord = record =>
            {
                if (separator == ',' || record.Reason == CsvMalformedReason.UnterminatedQuote)
                    _malformed = record.Reason;
            },
        });
        var header = ReadHeader();
        _keys = [.. fields.Keys.Select(name => ColumnOf(header, name))];
        _value = fields.Value is null ? -1 : ColumnOf(header, fields.Value);
        _rest = [.. Enumerable.Range(0, header.Count).Where(column => fields.IsWholeRecord || !_keys.Contains(column))];
        _restNames = [.. _rest.Select(column => JsonEncodedText.Encode(header[column], CliJson.Encoder))];
    }

    public override long Line => _csv.LineNumber;

    public override long BytesRead => _csv.ByteOffset;

    public override bool Read()
    {
        _malformed = null;
        if (!TryAdvance())
            return false;
        ThrowIfMalformed();
        KeyBuffer.Clear();
        for (var index = 0; index < _keys.Length; index++)
        {
            if (index > 0)
                KeyBuffer.Write("/"u8);
            Append(KeyBuffer, _csv.GetSpan(_keys[index]));
        }
        ValueBuffer.Clear();
        if (_value >= 0)
            Append(ValueBuffer, _csv.GetSpan(_value));
        else
            AppendRest();
        return true;
    }

    public override void Dispose()
    {
        _csv.Dispose();
        _json.Dispose();
    }

    private static int ColumnOf(IReadOnlyList<string> header, string name)
    {
        var columns = Enumerable.Range(0, header.Count).Where(column => header[column] == name).ToList();
        return columns.Count switch
        {
            1 => columns[0],
            0 => throw new UsageException($"The header has no field '{name}'; it has {string.Join(", ", header)}."),
            _ => throw new UsageException($"The header has the field '{name}' more than once."),
        };
    }

    private IReadOnlyList<string> ReadHeader()
    {
        _csv.ReadHeader();
        return _csv.Headers.Count > 0
            ? _csv.Headers
            : throw new UsageException("The input is empty: a header is missing.");
    }

    private bool TryAdvance()
    {
        try
        {
            return _csv.Read();
        }
        catch (CsvFormatException error)
        {
            throw new UsageException(
                $"A record behind line {error.LineNumber} is longer than {Amounts.Bytes(RecordBytesMax)}: is a quote "
                    + $"not closed?");
        }
    }

    private void ThrowIfMalformed()
    {
        if (_malformed is { } reason)
        {
            throw new MalformedRecordException(Line, reason switch
            {
                CsvMalformedReason.UnterminatedQuote => "a quote is not closed up to the end of the input.",
                CsvMalformedReason.TextAfterClosingQuote => "there is text behind a closing quote.",
                _ => "a quote stands in the middle of a field.",
            });
        }
        if (_csv.FieldCount != _csv.Headers.Count)
        {
            throw new MalformedRecordException(
                Line, $"it has {Amounts.Count(_csv.FieldCount, "field")}, the header {_csv.Headers.Count}.");
        }
        if (!Utf8.IsValid(_csv.RawRecord))
            throw new MalformedRecordException(Line, "it is not UTF-8.");
    }

    private void Append(ArrayBufferWriter<byte> destination, ReadOnlySpan<byte> field) =>
        destination.Write(_fields.IsExport ? EscapedText.Parse(Encoding.UTF8.GetString(field)) : field);

    private void AppendRest()
    {
        _json.Reset(ValueBuffer);
        _json.WriteStartObject();
        for (var index = 0; index < _rest.Length; index++)
            _json.WriteString(_restNames[index], _csv.GetSpan(_rest[index]));
        _json.WriteEndObject();
        _json.Flush();
    }
}
