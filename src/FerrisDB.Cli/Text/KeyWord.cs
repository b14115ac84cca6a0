using FerrisDB.Layers;

namespace FerrisDB.Cli;

/// <summary>Keys as they are typed: text with escapes, or a tuple.</summary>
/// <remarks>
/// <code>
///     user/42  \x00\xff            the bytes that the text stands for
///     ("users", 42)                a tuple, packed
///     \x28abc                      a key that begins with a parenthesis, and is no tuple
/// </code>
/// </remarks>
internal static class KeyWord
{
    /// <summary>The bytes of a key.</summary>
    public static byte[] Parse(string text) =>
        IsTuple(text) ? TupleEncoding.Pack(ParseTuple(text)) : EscapedText.Parse(text);

    /// <summary>
    /// The key for <see cref="MutationType.SetVersionstampedKey"/>: a tuple tells itself where the versionstamp goes.
    /// </summary>
    public static byte[] ParseVersionstamped(string text) =>
        IsTuple(text) ? TupleEncoding.PackWithVersionstamp(ParseTuple(text)) : EscapedText.Parse(text);

    /// <summary>A word that <see cref="Parse"/> reads back as the key.</summary>
    public static string Format(ReadOnlySpan<byte> key)
    {
        var text = EscapedText.Format(key);
        if (!IsTuple(text))
            return text;
        // The escape for the first letter makes one of every backslash: where none was, they are doubled.
        var isPlain = EscapedText.IsPrintable(key) && EscapedText.IsText(key);
        var rest = isPlain ? text[1..].Replace(@"\", @"\\", StringComparison.Ordinal) : text[1..];
        return @"\x28" + rest;
    }

    /// <summary>The key as a tuple if it is one, else as text with escapes.</summary>
    public static string FormatTuple(ReadOnlySpan<byte> key) =>
        TupleOf(key) ?? EscapedText.Format(key);

    /// <summary>The key as a tuple, or null if it is none.</summary>
    public static string? TupleOf(ReadOnlySpan<byte> key) =>
        !key.IsEmpty && TupleEncoding.TryUnpack(key, out var elements) ? TupleText.Format(elements) : null;

    private static bool IsTuple(string text) => text.StartsWith('(');

    private static TupleValue[] ParseTuple(string text)
    {
        try
        {
            return TupleText.Parse(text);
        }
        catch (FerrisException error)
        {
            throw new UsageException(
                $"{text}: {error.Message} A key that begins with '(' is a tuple; if it is not, write \\x28 instead.");
        }
    }
}
