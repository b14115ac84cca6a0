using System.Globalization;

namespace FerrisDB.Storage;

/// <summary>Prints bytes in hexadecimal, field by field, each with its offset and what it means.</summary>
internal ref struct AnnotatedBytes(TextWriter output, ReadOnlySpan<byte> bytes, long offset)
{
    private const int BytesPerLine = 16;

    // Of a long field: its first lines, which is enough to recognise it.
    private const int LinesMax = 8;

    private ReadOnlySpan<byte> _rest = bytes;
    private long _offset = offset;

    public readonly TextWriter Output => output;

    public readonly int Remaining => _rest.Length;

    /// <summary>The bytes that come next, or what is left of them.</summary>
    public readonly ReadOnlySpan<byte> Next(int count) => _rest[..Math.Min(count, _rest.Length)];

    /// <summary>A line that stands above the fields that follow.</summary>
    public readonly void Title(string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_offset,8:x}  {text}"));

    /// <summary>Prints a field; one without bytes is passed over.</summary>
    public void Field(int size, string meaning)
    {
        var field = Next(size);
        for (var at = 0; at < field.Length; at += BytesPerLine)
        {
            if (at == LinesMax * BytesPerLine)
            {
                output.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{"",10}... {field.Length - at} bytes more"));
                break;
            }
            var line = field[at..Math.Min(at + BytesPerLine, field.Length)];
            var hex = string.Join(' ', Convert.ToHexStringLower(line).Chunk(2).Select(digits => new string(digits)));
            var text = at == 0 ? meaning : "";
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{_offset + at,8:x}  {hex,-47}   {text}").TrimEnd());
        }
        _offset += field.Length;
        _rest = _rest[field.Length..];
    }

    /// <summary>Prints a varint and returns it.</summary>
    public ulong VarintField(string name)
    {
        var size = 0;
        Varint.TryRead(_rest, ref size, out var value);
        Field(size, string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
        return value;
    }
}
