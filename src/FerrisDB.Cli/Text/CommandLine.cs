using System.Text;
using FerrisDB.Layers;

namespace FerrisDB.Cli;

/// <summary>Cuts a line typed into the shell into commands and their words.</summary>
/// <remarks>
/// Words are separated by blanks, commands by <c>;</c>. A word that begins with a quote ends with the same quote and
/// may hold anything; a quote within it is written twice. Within other words quotes mean nothing, so that
/// <c>{"a":1}</c> is a word. A tuple (see <see cref="TupleText"/>) is a word or the end of one, with its blanks. A
/// <c>#</c> at the beginning of a word begins a comment. Backslashes are left to <see cref="EscapedText"/>.
/// <code>
///     set user/1 {"name":"Ann"}             set user/1 'it''s here'             get user/1; get user/2   # two
///     set ("users", 42) Ann
/// </code>
/// </remarks>
internal static class CommandLine
{
    /// <summary>The commands of a line, each a list of at least one word.</summary>
    /// <exception cref="UsageException">A quote is not closed.</exception>
    public static List<List<string>> Split(ReadOnlySpan<char> line)
    {
        var commands = new List<List<string>>();
        var words = new List<string>();
        while (true)
        {
            line = line.TrimStart();
            if (line.IsEmpty || line[0] is ';' or '#')
            {
                if (words.Count > 0)
                    commands.Add(words);
                if (line.IsEmpty || line[0] == '#')
                    return commands;
                words = [];
                line = line[1..];
                continue;
            }
            words.Add(line[0] is '"' or '\'' ? TakeQuoted(ref line) : TakePlain(ref line));
        }
    }

    /// <summary>A word that <see cref="Split"/> reads back as <paramref name="text"/>.</summary>
    public static string Quote(string text)
    {
        var isPlain = text.Length > 0 && text[0] is not ('"' or '\'' or '#' or '(')
            && !text.Any(each => each == ';' || char.IsWhiteSpace(each));
        return isPlain ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string TakePlain(ref ReadOnlySpan<char> line)
    {
        var length = 0;
        var mayBeTuple = line[0] == '(' || line.StartsWith("dir:/");
        while (length < line.Length && line[length] != ';' && !char.IsWhiteSpace(line[length]))
        {
            // What begins like a tuple and is none is a word like any other: values may begin so.
            var tuple = mayBeTuple && line[length] == '(' ? KeyWord.LengthOfTuple(line[length..]) : 0;
            mayBeTuple &= line[length] != '(';
            length += Math.Max(tuple, 1);
        }
        var word = line[..length].ToString();
        line = line[length..];
        return word;
    }

    private static string TakeQuoted(ref ReadOnlySpan<char> line)
    {
        var quote = line[0];
        var whole = line;
        var word = new StringBuilder();
        line = line[1..];
        while (true)
        {
            var end = line.IndexOf(quote);
            if (end < 0)
                throw new UsageException($"The quote {whole} is not closed.");
            word.Append(line[..end]);
            line = line[(end + 1)..];
            if (line.IsEmpty || line[0] != quote)
                return word.ToString();
            word.Append(quote);
            line = line[1..];
        }
    }
}
