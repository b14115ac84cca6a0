using System.Buffers;

namespace FerrisDB.Cli;

/// <summary>JSON as text.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> BlankOrQuote = SearchValues.Create("\" \t\r\n"u8);

    /// <summary>Appends valid JSON without the blanks between its parts; all else stays as it is written.</summary>
    public static void Compact(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> destination)
    {
        while (true)
        {
            var found = json.IndexOfAny(BlankOrQuote);
            if (found < 0)
            {
                destination.Write(json);
                return;
            }
            var isQuote = json[found] == '"';
            var length = isQuote ? found + LengthOfString(json[found..]) : found;
            destination.Write(json[..length]);
            json = json[(isQuote ? length : length + 1)..];
        }
    }

    private static int LengthOfString(ReadOnlySpan<byte> json)
    {
        var at = 1;
        while (true)
        {
            at += json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (json[at] == '"')
                return at + 1;
            at += 2;
        }
    }
}
