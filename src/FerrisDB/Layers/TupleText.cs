using System.Globalization;
using System.Text;

namespace FerrisDB.Layers;

// How tuples look where people read and type them:
//
//     ("users", 42)                                      a tuple of a string and an integer; () is the empty one
//     null  true  false
//     "ada \"the\" first\n\u200b"                        string: \" \\ \n \r \t \uXXXX, everything else as it is
//     b"\x00abc"                                         bytes: printable ASCII as it is, \" \\ \xNN
//     42  -7  18446744073709551616                       integers, as long as one likes
//     1.5  -0.0  1e300                                   doubles: a point or an exponent tells them from integers
//     1.5f                                               floats
//     double(inf)  float(-inf)  double(0x7ff8000000000000)   what has no digits; NaNs by their bits
//     550e8400-e29b-41d4-a716-446655440000               UUID
//     versionstamp(00000000000000c80000:3)               versionstamp: version and order in hexadecimal : user version
//     versionstamp(incomplete:3)
//     ("a", ("b", null))                                 nested
//
// Reading what was written gives the same bytes.

/// <summary>
/// Tuples as text that people can read and type, such as <c>("users", 42)</c>, and back without loss.
/// </summary>
public static class TupleText
{
    /// <summary>Writes a tuple.</summary>
    public static string Format(ReadOnlySpan<TupleValue> elements)
    {
        var text = new StringBuilder();
        AppendTuple(text, elements, 0);
        return text.ToString();
    }

    /// <summary>Reads a tuple; blanks around its parts do not matter.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidTupleDataType"/>: this is no tuple; the message
    /// tells at which character, and what was expected.</exception>
    public static TupleValue[] Parse(ReadOnlySpan<char> text)
    {
        var elements = ParsePrefix(text, out var length);
        return text[length..].IsWhiteSpace()
            ? elements
            : throw TupleTextParser.Malformed(length, "the end");
    }

    /// <summary>Reads a tuple from the start of a text that may go on, as a line of a shell does.</summary>
    /// <param name="text">Begins with a tuple.</param>
    /// <param name="length">Characters of the tuple, up to its closing parenthesis.</param>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public static TupleValue[] ParsePrefix(ReadOnlySpan<char> text, out int length)
    {
        var parser = new TupleTextParser(text);
        var elements = parser.ReadTuple();
        length = parser.Position;
        return elements;
    }

    internal static string Format(TupleValue value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return text.ToString();
    }

    private static void AppendTuple(StringBuilder text, ReadOnlySpan<TupleValue> elements, int depth)
    {
        text.Append('(');
        for (var i = 0; i < elements.Length; i++)
        {
            if (i > 0)
                text.Append(", ");
            Append(text, elements[i], depth + 1);
        }
        text.Append(')');
    }

    private static void Append(StringBuilder text, in TupleValue value, int depth)
    {
        switch (value.Kind)
        {
            case TupleValueKind.Null:
                text.Append("null");
                break;
            case TupleValueKind.Bytes:
                AppendBytes(text, value.Bytes);
                break;
            case TupleValueKind.String:
                AppendString(text, value.Text);
                break;
            case TupleValueKind.Nested when depth > TupleFormat.NestingDepthMax:
                text.Append("(...)");
                break;
            case TupleValueKind.Nested:
                AppendTuple(text, value.Elements, depth);
                break;
            case TupleValueKind.Integer:
                text.Append(CultureInfo.InvariantCulture, $"{value.BigInteger}");
                break;
            case TupleValueKind.Float:
                AppendFloat(text, value.Single, (uint)value.Low);
                break;
            case TupleValueKind.Double:
                AppendDouble(text, value.Double, value.Low);
                break;
            case TupleValueKind.Boolean:
                text.Append(value.Low != 0 ? "true" : "false");
                break;
            case TupleValueKind.Uuid:
                text.Append(CultureInfo.InvariantCulture, $"{TupleConversion.ToGuid(value):d}");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"versionstamp({value.Versionstamp})");
                break;
        }
    }

    private static void AppendString(StringBuilder text, string? value)
    {
        text.Append('"');
        foreach (var each in value.AsSpan())
        {
            _ = each switch
            {
                '"' or '\\' => text.Append('\\').Append(each),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when IsPrintable(each) => text.Append(each),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)each:x4}"),
            };
        }
        text.Append('"');
    }

    // Unprintable is what moves the cursor, ends the line, or turns the direction of what follows.
    private static bool IsPrintable(char value) =>
        !char.IsControl(value) && value is not ((>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        text.Append("b\"");
        foreach (var each in bytes)
        {
            _ = each switch
            {
                (byte)'"' or (byte)'\\' => text.Append('\\').Append((char)each),
                >= 0x20 and < 0x7f => text.Append((char)each),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{each:x2}"),
            };
        }
        text.Append('"');
    }

    private static void AppendFloat(StringBuilder text, float value, uint bits)
    {
        if (float.IsFinite(value))
            text.Append(WithPoint(value.ToString("R", CultureInfo.InvariantCulture))).Append('f');
        else
            text.Append(CultureInfo.InvariantCulture, $"float({Special(value, $"0x{bits:x8}")})");
    }

    private static void AppendDouble(StringBuilder text, double value, ulong bits)
    {
        if (double.IsFinite(value))
            text.Append(WithPoint(value.ToString("R", CultureInfo.InvariantCulture)));
        else
            text.Append(CultureInfo.InvariantCulture, $"double({Special(value, $"0x{bits:x16}")})");
    }

    private static string Special(double value, string bits) =>
        double.IsNaN(value) ? bits : value > 0 ? "inf" : "-inf";

    private static string WithPoint(string digits) => digits.AsSpan().ContainsAny('.', 'E') ? digits : digits + ".0";
}
