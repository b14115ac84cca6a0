using FerrisDB.Layers;

namespace FerrisDB.Cli;

/// <summary>Keys as they are typed: text with escapes, or a tuple, or something in a directory.</summary>
/// <remarks>
/// <code>
///     user/42  \x00\xff            the bytes that the text stands for
///     ("users", 42)                a tuple, packed
///     dir:/app/users("ada", 1)     a tuple in a directory
///     dir:/app/users               what all keys of the directory begin with
///     \x28abc  \x64ir:/            keys that begin so, and are none of these
/// </code>
/// </remarks>
internal static class KeyWord
{
    private const string DirectoryScheme = "dir:";

    /// <summary>The bytes of a key.</summary>
    public static byte[] Parse(string text, DatabaseSession session)
    {
        if (IsTuple(text))
            return TupleEncoding.Pack(ParseTuple(text));
        if (!IsInDirectory(text))
            return EscapedText.Parse(text);
        var directory = OpenDirectory(text, session, out var elements);
        return directory.Pack(elements);
    }

    /// <summary>
    /// The key for <see cref="MutationType.SetVersionstampedKey"/>: a tuple tells itself where the versionstamp goes.
    /// </summary>
    public static byte[] ParseVersionstamped(string text, DatabaseSession session)
    {
        if (IsTuple(text))
            return TupleEncoding.PackWithVersionstamp(ParseTuple(text));
        if (!IsInDirectory(text))
            return EscapedText.Parse(text);
        var directory = OpenDirectory(text, session, out var elements);
        return directory.PackWithVersionstamp(elements);
    }

    /// <summary>True if the word names a directory, which only a transaction finds.</summary>
    public static bool IsInDirectory(string text) => text.StartsWith(DirectoryScheme + "/", StringComparison.Ordinal);

    /// <summary>Characters of a word that a tuple ends, from its parenthesis on; 0 if it has none.</summary>
    public static int LengthOfTuple(ReadOnlySpan<char> line)
    {
        try
        {
            TupleText.ParsePrefix(line, out var length);
            return length;
        }
        catch (FerrisException)
        {
            return 0;
        }
    }

    /// <summary>A word that <see cref="Parse"/> reads back as the key.</summary>
    public static string Format(ReadOnlySpan<byte> key)
    {
        var text = EscapedText.Format(key);
        if (!IsTuple(text) && !IsInDirectory(text))
            return text;
        // The escape for the first letter makes one of every backslash: where none was, they are doubled.
        var isPlain = EscapedText.IsPrintable(key) && EscapedText.IsText(key);
        var rest = isPlain ? text[1..].Replace(@"\", @"\\", StringComparison.Ordinal) : text[1..];
        return $@"\x{(int)text[0]:x2}{rest}";
    }

    /// <summary>The key as a tuple if it is one, else as text with escapes.</summary>
    public static string FormatTuple(ReadOnlySpan<byte> key) =>
        TupleOf(key) ?? EscapedText.Format(key);

    /// <summary>The key as a tuple, or null if it is none.</summary>
    public static string? TupleOf(ReadOnlySpan<byte> key) =>
        !key.IsEmpty && TupleEncoding.TryUnpack(key, out var elements) ? TupleText.Format(elements) : null;

    private static bool IsTuple(string text) => text.StartsWith('(');

    private static DirectorySubspace OpenDirectory(string text, DatabaseSession session, out TupleValue[] elements)
    {
        var parenthesis = text.IndexOf('(', StringComparison.Ordinal);
        elements = parenthesis < 0 ? [] : ParseTuple(text[parenthesis..]);
        var path = DirectoryPath.Parse(text[DirectoryScheme.Length..(parenthesis < 0 ? text.Length : parenthesis)]);
        return session.Read(transaction => new DirectoryLayer().OpenAsync(transaction, path));
    }

    private static TupleValue[] ParseTuple(string text)
    {
        try
        {
            return TupleText.Parse(text);
        }
        catch (FerrisException error)
        {
            var problem = error.Message.Replace("This text", $"'{text}'", StringComparison.Ordinal);
            throw new UsageException(
                $"{problem} A key that begins with '(' is a tuple; if it is not, write \\x28 instead.");
        }
    }
}
