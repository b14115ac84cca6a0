using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace FerrisDB.Cli;

/// <summary>Bytes as text that a person can read, type and copy, and back again without loss.</summary>
/// <remarks>
/// Printable UTF-8 stands for itself, so JSON and paths stay as they are. Every other byte is written <c>\xNN</c>. Only
/// in a text that holds such an escape a backslash is written <c>\\</c>:
/// <code>
///     bytes                 text
///     user/42               user/42
///     {"a":"line\n"}        {"a":"line\n"}      backslashes, but no escape: taken as it stands
///     00 61 5C              \x00a\\             an escape: the backslash is doubled
///     \x41 (four letters)   \\x41               looks like an escape, so it is written as one
/// </code>
/// </remarks>
internal static class EscapedText
{
    /// <summary>The bytes that a text stands for.</summary>
    public static byte[] Parse(ReadOnlySpan<char> text)
    {
        if (!HasEscape(text))
        {
            var plain = new byte[Encoding.UTF8.GetByteCount(text)];
            Encoding.UTF8.GetBytes(text, plain);
            return plain;
        }
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            if (StartsWithEscape(text))
            {
                bytes.Add((byte)((HexValue(text[2]) << 4) | HexValue(text[3])));
                text = text[4..];
                continue;
            }
            if (text.StartsWith(@"\\"))
                text = text[1..];
            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            text = text[consumed..];
        }
        return [.. bytes];
    }

    /// <summary>The text for bytes, on one line: tabs and line ends are escaped too.</summary>
    public static string Format(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 8);
        Append(text, bytes);
        return text.ToString();
    }

    /// <summary>
    /// True if the bytes, line ends and tabs included, are UTF-8 that <see cref="Parse"/> takes as it stands: what a
    /// field of a file may hold without escapes.
    /// </summary>
    public static bool IsText(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) && !HasEscape(bytes);

    /// <summary>Appends the text for bytes.</summary>
    public static void Append(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        if (IsPrintable(bytes) && !HasEscape(bytes))
            AppendUtf8(text, bytes);
        else
            AppendEscaped(text, bytes);
    }

    /// <summary>True if the bytes are UTF-8 without control characters.</summary>
    public static bool IsPrintable(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var asciiLength = bytes.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
            if (asciiLength < 0)
                return true;
            bytes = bytes[asciiLength..];
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) != OperationStatus.Done
                || !IsPrintable(rune))
                return false;
            bytes = bytes[consumed..];
        }
        return true;
    }

    private static void AppendEscaped(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        Span<char> utf16 = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            var isRune = Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done;
            if (!isRune || !IsPrintable(rune))
            {
                foreach (var value in bytes[..consumed])
                    text.Append(@"\x").Append(HexDigit(value >> 4)).Append(HexDigit(value & 15));
            }
            else if (rune.Value == '\\')
            {
                text.Append(@"\\");
            }
            else
            {
                text.Append(utf16[..rune.EncodeToUtf16(utf16)]);
            }
            bytes = bytes[consumed..];
        }
    }

    private static void AppendUtf8(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        const int OnStack = 256;
        var rented = bytes.Length > OnStack ? ArrayPool<char>.Shared.Rent(bytes.Length) : null;
        var chars = rented ?? stackalloc char[OnStack];
        text.Append(chars[..Encoding.UTF8.GetChars(bytes, chars)]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
    }

    // Unprintable is what moves the cursor, ends the line, or turns the direction of what follows.
    private static bool IsPrintable(Rune rune) =>
        !Rune.IsControl(rune)
            && rune.Value is not (0x2028 or 0x2029 or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069));

    private static bool HasEscape(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('\\'); at >= 0; at = text.IndexOf('\\'))
        {
            if (StartsWithEscape(text[at..]))
                return true;
            text = text[(at + 1)..];
        }
        return false;
    }

    private static bool HasEscape(ReadOnlySpan<byte> bytes)
    {
        for (var at = bytes.IndexOf((byte)'\\'); at >= 0; at = bytes.IndexOf((byte)'\\'))
        {
            bytes = bytes[at..];
            if (bytes.Length >= 4 && bytes[1] == 'x' && IsHexDigit(bytes[2]) && IsHexDigit(bytes[3]))
                return true;
            bytes = bytes[1..];
        }
        return false;
    }

    private static bool StartsWithEscape(ReadOnlySpan<char> text) =>
        text.Length >= 4 && text[0] == '\\' && text[1] == 'x' && char.IsAsciiHexDigit(text[2])
            && char.IsAsciiHexDigit(text[3]);

    private static bool IsHexDigit(byte digit) => char.IsAsciiHexDigit((char)digit);

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static char HexDigit(int value) => "0123456789abcdef"[value];
}
