namespace FerrisDB.Tests.House;

/// <summary>
/// Tells code from comments and literals, well enough for the house rules; the compiler does the rest.
/// </summary>
internal static class CSharpText
{
    /// <summary>Replaces comments, literals and preprocessor lines by spaces; lengths and line ends stay.</summary>
    public static string BlankCommentsAndLiterals(string text)
    {
        var code = text.ToCharArray();
        var position = 0;
        while (position < text.Length)
        {
            var end = EndOfNonCode(text, position);
            for (var index = position; index < end; index++)
            {
                if (code[index] != '\n')
                    code[index] = ' ';
            }
            position = Math.Max(end, position + 1);
        }
        return new string(code);
    }

    /// <summary>
    /// Where the comment, literal or directive that begins here ends; the position itself if none does.
    /// </summary>
    private static int EndOfNonCode(string text, int position)
    {
        var rest = text.AsSpan(position);
        if (rest.StartsWith("//") || (rest[0] == '#' && IsFirstOfLine(text, position)))
            return EndAt(text, text.IndexOf('\n', position), 0);
        if (rest.StartsWith("/*"))
            return EndAt(text, text.IndexOf("*/", position + 2, StringComparison.Ordinal), 2);
        if (rest[0] == '\'')
            return EndOfQuoted(text, position + 1, '\'');
        if (rest[0] is '"' or '$' or '@')
            return EndOfString(text, position);
        return position;
    }

    private static int EndOfString(string text, int position)
    {
        var quote = position;
        while (quote < text.Length && text[quote] is '$' or '@')
            quote++;
        if (quote == text.Length || text[quote] != '"')
            return position;

        var prefix = text.AsSpan(position, quote - position);
        var quotes = text.AsSpan(quote).IndexOfAnyExcept('"');
        if (quotes >= 3)
        {
            var close = text.IndexOf(new string('"', quotes), quote + quotes, StringComparison.Ordinal);
            return EndAt(text, close, quotes);
        }
        if (prefix.Contains('$'))
            return EndOfInterpolated(text, quote + 1, isVerbatim: prefix.Contains('@'));
        return prefix.Contains('@') ? EndOfVerbatim(text, quote + 1) : EndOfQuoted(text, quote + 1, '"');
    }

    private static int EndOfQuoted(string text, int position, char quote)
    {
        while (position < text.Length && text[position] != quote)
            position += text[position] == '\\' ? 2 : 1;
        return Math.Min(position + 1, text.Length);
    }

    private static int EndOfVerbatim(string text, int position)
    {
        while (position < text.Length)
        {
            if (text[position] != '"')
                position++;
            else if (position + 1 < text.Length && text[position + 1] == '"')
                position += 2;
            else
                return position + 1;
        }
        return text.Length;
    }

    // A hole holds code, and that code may hold strings: "{names["a"]}".
    private static int EndOfInterpolated(string text, int position, bool isVerbatim)
    {
        while (position < text.Length && text[position] != '"')
        {
            if (text.AsSpan(position).StartsWith("{{") || (!isVerbatim && text[position] == '\\'))
                position += 2;
            else if (text[position] == '{')
                position = EndOfHole(text, position + 1);
            else
                position++;
        }
        return Math.Min(position + 1, text.Length);
    }

    private static int EndOfHole(string text, int position)
    {
        var depth = 1;
        while (position < text.Length && depth > 0)
        {
            var end = EndOfNonCode(text, position);
            if (end > position)
            {
                position = end;
                continue;
            }
            depth += text[position] switch { '{' => 1, '}' => -1, _ => 0 };
            position++;
        }
        return position;
    }

    private static int EndAt(string text, int found, int length) => found < 0 ? text.Length : found + length;

    private static bool IsFirstOfLine(string text, int position)
    {
        var lineStart = position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;
        return text.AsSpan(lineStart, position - lineStart).IsWhiteSpace();
    }
}
