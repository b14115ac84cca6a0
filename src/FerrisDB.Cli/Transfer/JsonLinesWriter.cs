using System.Buffers;
using System.Text.Json;

namespace FerrisDB.Cli;

/// <summary>
/// Writes one object with the members <c>key</c> and <c>value</c> on each line; see <see cref="JsonBytes"/>.
/// </summary>
internal sealed class JsonLinesWriter(Stream output) : RecordWriter
{
    private const int FlushBytes = 64 << 10;

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushBytes);
    private readonly Utf8JsonWriter _json = new(Stream.Null, CliJson.WriterOptions);

    public override void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _json.Reset(_buffer);
        _json.WriteStartObject();
        JsonBytes.Write(_json, JsonBytes.Key, key);
        JsonBytes.Write(_json, JsonBytes.Value, value);
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushBytes)
            Flush();
    }

    public override void Dispose()
    {
        Flush();
        _json.Dispose();
        output.Flush();
    }

    private void Flush()
    {
        output.Write(_buffer.WrittenSpan);
        _buffer.Clear();
    }
}
