using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace FerrisDB.Cli;

/// <summary>Reads lines that are JSON objects.</summary>
/// <remarks>
/// A field of the key or value is a member of the object. Its text is a string's content, or the number or word as it
/// is written. A member with <c>Base64</c> behind the field's name wins over the field: <c>export</c> writes bytes so
/// that are no text. What becomes the value as JSON is copied as written, without the blanks between its parts.
/// </remarks>
internal sealed class JsonLinesReader : RecordReader
{
    private readonly LineReader _lines;
    private readonly Field[] _keys;
    private readonly Field? _value;
    private readonly bool _isWholeRecord;

    public JsonLinesReader(Stream input, RecordFields fields)
    {
        _lines = new LineReader(input);
        _keys = [.. fields.Keys.Select(name => new Field(name))];
        _value = fields.Value is null ? null : new Field(fields.Value);
        _isWholeRecord = fields.IsWholeRecord;
    }

    public override long Line => _lines.Line;

    public override long BytesRead => _lines.BytesRead;

    public override bool Read()
    {
        while (_lines.TryRead(out var line))
        {
            if (line.IndexOfAnyExcept(" \t"u8) < 0)
                continue;
            if (!Utf8.IsValid(line))
                throw new MalformedRecordException(Line, "it is not UTF-8.");
            try
            {
                Parse(line);
            }
            catch (JsonException error)
            {
                throw new MalformedRecordException(Line, $"it is not JSON, column {error.BytePositionInLine + 1}.");
            }
            return true;
        }
        return false;
    }

    public override void Dispose() => _lines.Dispose();

    private void Parse(ReadOnlySpan<byte> line)
    {
        foreach (var key in _keys)
            key.Clear();
        _value?.Clear();
        ValueBuffer.Clear();
        var json = new Utf8JsonReader(line);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new MalformedRecordException(Line, "it is not a JSON object.");
        ReadMembers(line, ref json);
        // Throws if there is anything behind the object.
        json.Read();
        JoinKey();
        if (_value is not null)
            ValueBuffer.Write(TextOf(_value));
    }

    private void ReadMembers(ReadOnlySpan<byte> line, ref Utf8JsonReader json)
    {
        if (_value is null)
            ValueBuffer.Write("{"u8);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)json.TokenStartIndex;
            var isKey = TakeField(line, ref json);
            if (_value is not null || (isKey && !_isWholeRecord))
                continue;
            if (ValueBuffer.WrittenCount > 1)
                ValueBuffer.Write(","u8);
            JsonText.Compact(line[start..(int)json.BytesConsumed], ValueBuffer);
        }
        if (_value is null)
            ValueBuffer.Write("}"u8);
    }

    // Reads the member's value; returns true if the member is a field of the key.
    private bool TakeField(ReadOnlySpan<byte> line, ref Utf8JsonReader json)
    {
        var key = FieldOf(ref json, out var isBase64);
        var isValueBase64 = false;
        var isValue = _value is not null && _value.IsNamed(ref json, out isValueBase64);
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        var text = line[start..(int)json.BytesConsumed];
        if (key is not null && json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            throw new MalformedRecordException(Line, $"field '{key.Name}' is no text or number and cannot be a key.");
        key?.Take(ref json, text, isBase64, Line);
        if (isValue)
            _value!.Take(ref json, text, isValueBase64, Line);
        return key is not null;
    }

    private Field? FieldOf(ref Utf8JsonReader json, out bool isBase64)
    {
        isBase64 = false;
        foreach (var key in _keys)
        {
            if (key.IsNamed(ref json, out isBase64))
                return key;
        }
        return null;
    }

    private void JoinKey()
    {
        KeyBuffer.Clear();
        for (var index = 0; index < _keys.Length; index++)
        {
            if (index > 0)
                KeyBuffer.Write("/"u8);
            KeyBuffer.Write(TextOf(_keys[index]));
        }
    }

    private ReadOnlySpan<byte> TextOf(Field field) => field.IsPresent
        ? field.Text
        : throw new MalformedRecordException(Line, $"field '{field.Name}' is missing or null.");

    private sealed class Field(string name)
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes(name);
        private readonly byte[] _base64Name = Encoding.UTF8.GetBytes(name + "Base64");
        private readonly ArrayBufferWriter<byte> _text = new(256);
        private bool _isFromBase64;

        public string Name { get; } = name;

        public bool IsPresent { get; private set; }

        public ReadOnlySpan<byte> Text => _text.WrittenSpan;

        public void Clear() => IsPresent = _isFromBase64 = false;

        public bool IsNamed(ref Utf8JsonReader json, out bool isBase64)
        {
            isBase64 = json.ValueTextEquals(_base64Name);
            return isBase64 || json.ValueTextEquals(_name);
        }

        // Of several members with this name the last one counts.
        public void Take(ref Utf8JsonReader json, ReadOnlySpan<byte> text, bool isBase64, long line)
        {
            if (json.TokenType == JsonTokenType.Null || (_isFromBase64 && !isBase64))
                return;
            _text.Clear();
            if (isBase64)
                TakeBase64(ref json, line);
            else if (json.TokenType == JsonTokenType.String)
                _text.Advance(json.CopyString(_text.GetSpan(text.Length)));
            else
                JsonText.Compact(text, _text);
            IsPresent = true;
            _isFromBase64 = isBase64;
        }

        private void TakeBase64(ref Utf8JsonReader json, long line)
        {
            if (json.TokenType != JsonTokenType.String || !json.TryGetBytesFromBase64(out var bytes))
                throw new MalformedRecordException(line, $"field '{Name}Base64' is not base64.");
            _text.Write(bytes);
        }
    }
}
