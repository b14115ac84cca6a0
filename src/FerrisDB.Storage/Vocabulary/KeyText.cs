using System.Globalization;
using System.Text;

namespace FerrisDB;

/// <summary>Keys for people, as they stand in messages.</summary>
public static class KeyText
{
    private const int BytesMax = 40;

    /// <summary>
    /// Letters as they are, other bytes as <c>\x00</c>; what is behind the first 40 bytes is left out.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder();
        foreach (var value in key[..Math.Min(key.Length, BytesMax)])
        {
            if (value is > 0x20 and < 0x7f and not (byte)'\\')
                text.Append((char)value);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }
        if (key.Length > BytesMax)
            text.Append(CultureInfo.InvariantCulture, $"... ({key.Length} bytes)");
        return text.ToString();
    }
}
