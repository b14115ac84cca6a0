using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace FerrisDB.Layers;

/// <summary>Reads the text of a tuple, whose grammar <see cref="TupleText"/> draws.</summary>
internal ref struct TupleTextParser(ReadOnlySpan<char> text)
{
    private const int UuidLength = 36;

    // 255 bytes have 615 digits.
    private const int IntegerDigitsMax = 615;

    // Other letters would read as "infinity" and the like.
    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("+-.0123456789eEf");

    private readonly ReadOnlySpan<char> _text = text;
    private int _depth;

    /// <summary>Characters read so far.</summary>
    public int Position { get; private set; }

    public static FerrisException Malformed(int position, string expected) => new(
        ErrorCode.InvalidTupleDataType, $"This text is no tuple: {expected} was expected at character {position}.");

    /// <summary>Reads a tuple in parentheses.</summary>
    public TupleValue[] ReadTuple()
    {
        SkipBlanks();
        if (!TryTake('('))
            throw Malformed(Position, "'('");
        if (_depth > TupleFormat.NestingDepthMax)
            throw Malformed(Position, $"nothing nested more than {TupleFormat.NestingDepthMax} deep");
        _depth++;
        var elements = new List<TupleValue>();
        for (SkipBlanks(); !TryTake(')'); SkipBlanks())
        {
            elements.Add(ReadElement());
            SkipBlanks();
            if (!TryTake(',') && !IsAt(')'))
                throw Malformed(Position, "',' or ')'");
        }
        _depth--;
        return [.. elements];
    }

    private TupleValue ReadElement()
    {
        if (IsAt('('))
            return ReadTuple();
        if (TryTake('"'))
            return ReadString();
        if (_text[Position..].StartsWith("b\""))
            return ReadBytes();
        var start = Position;
        var word = TakeWord();
        return word switch
        {
            "null" => TupleValue.Null,
            "true" => true,
            "false" => false,
            "float" => ReadSpecial(isDouble: false),
            "double" => ReadSpecial(isDouble: true),
            "versionstamp" => ReadVersionstamp(),
            _ when word.Length == UuidLength && Guid.TryParseExact(word, "D", out var uuid) => uuid,
            _ => ReadNumber(word, start),
        };
    }

    private static TupleValue ReadNumber(ReadOnlySpan<char> word, int start)
    {
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint
            | NumberStyles.AllowExponent;
        var culture = CultureInfo.InvariantCulture;
        var isNumber = word.Length > 0 && !word.ContainsAnyExcept(OfNumbers);
        if (isNumber && word.Length <= IntegerDigitsMax + 1
            && BigInteger.TryParse(word, NumberStyles.AllowLeadingSign, culture, out var integer))
            return integer;
        if (isNumber && word[^1] == 'f' && float.TryParse(word[..^1], Decimal, culture, out var single)
            && float.IsFinite(single))
            return single;
        if (isNumber && double.TryParse(word, Decimal, culture, out var number) && double.IsFinite(number))
            return number;
        throw Malformed(start, "an element");
    }

    private TupleValue ReadSpecial(bool isDouble)
    {
        var content = TakeParenthesis(out var start);
        if (content is "inf" or "-inf")
        {
            var infinity = content is "inf" ? double.PositiveInfinity : double.NegativeInfinity;
            return isDouble ? (TupleValue)infinity : (float)infinity;
        }
        var digits = isDouble ? 2 * sizeof(double) : 2 * sizeof(float);
        if (content.Length == 2 + digits && content.StartsWith("0x")
            && ulong.TryParse(content[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
            return new(isDouble ? TupleValueKind.Double : TupleValueKind.Float, 0, bits);
        throw Malformed(start, $"inf, -inf or 0x and {digits} digits");
    }

    private TupleValue ReadVersionstamp()
    {
        const int Digits = 2 * Versionstamp.CommitSizeBytes;
        var content = TakeParenthesis(out var start);
        var colon = content.LastIndexOf(':');
        var culture = CultureInfo.InvariantCulture;
        if (colon >= 0 && ushort.TryParse(content[(colon + 1)..], NumberStyles.None, culture, out var user))
        {
            var commit = content[..colon];
            if (commit is "incomplete")
                return Versionstamp.Incomplete(user);
            if (commit.Length == Digits
                && ulong.TryParse(commit[..16], NumberStyles.AllowHexSpecifier, culture, out var version)
                && ushort.TryParse(commit[16..], NumberStyles.AllowHexSpecifier, culture, out var order))
                return new Versionstamp((long)version, order, user);
        }
        throw Malformed(start, $"{Digits} digits (or incomplete), ':' and a user version");
    }

    private TupleValue ReadString()
    {
        var value = new StringBuilder();
        while (!TryTake('"'))
        {
            var start = Position;
            var each = Take("'\"'");
            if (each == '\\')
                each = Take("an escape") switch
                {
                    '"' => '"',
                    '\\' => '\\',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => (char)TakeHex(4),
                    _ => throw Malformed(start, @"\"", \\, \n, \r, \t or \uXXXX"),
                };
            value.Append(each);
        }
        return value.ToString();
    }

    private TupleValue ReadBytes()
    {
        Position += "b\"".Length;
        var bytes = new List<byte>();
        while (!TryTake('"'))
        {
            var start = Position;
            var each = Take("'\"'");
            if (each == '\\')
                each = Take("an escape") switch
                {
                    '"' => '"',
                    '\\' => '\\',
                    'x' => (char)TakeHex(2),
                    _ => throw Malformed(start, @"\"", \\ or \xNN"),
                };
            else if (!char.IsAscii(each))
                throw Malformed(start, "ASCII (other bytes are written \\xNN)");
            bytes.Add((byte)each);
        }
        return bytes.ToArray();
    }

    private readonly bool IsAt(char expected) => Position < _text.Length && _text[Position] == expected;

    private bool TryTake(char expected)
    {
        if (!IsAt(expected))
            return false;
        Position++;
        return true;
    }

    private char Take(string expected) =>
        Position < _text.Length ? _text[Position++] : throw Malformed(Position, expected);

    private int TakeHex(int digits)
    {
        var hexadecimal = _text.Slice(Position, Math.Min(digits, _text.Length - Position));
        if (hexadecimal.Length < digits || !int.TryParse(
            hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw Malformed(Position, $"{digits} hexadecimal digits");
        Position += digits;
        return value;
    }

    private ReadOnlySpan<char> TakeWord()
    {
        var start = Position;
        while (Position < _text.Length
            && (char.IsAsciiLetterOrDigit(_text[Position]) || _text[Position] is '+' or '-' or '.'))
            Position++;
        return _text[start..Position];
    }

    private ReadOnlySpan<char> TakeParenthesis(out int start)
    {
        if (!TryTake('('))
            throw Malformed(Position, "'('");
        start = Position;
        var end = _text[start..].IndexOf(')');
        if (end < 0)
            throw Malformed(_text.Length, "')'");
        Position = start + end + 1;
        return _text.Slice(start, end);
    }

    private void SkipBlanks()
    {
        while (Position < _text.Length && char.IsWhiteSpace(_text[Position]))
            Position++;
    }
}
