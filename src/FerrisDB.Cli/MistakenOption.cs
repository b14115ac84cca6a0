using System.CommandLine;
using System.CommandLine.Parsing;

namespace FerrisDB.Cli;

/// <summary>
/// Finds options that do not exist among the keys and values: the parser takes them for such where one may stand.
/// </summary>
internal static class MistakenOption
{
    /// <summary>The first word that looks like an option and was taken for something else, or null.</summary>
    /// <remarks>
    /// <c>del-range DB --prefix a</c>, which has no such option, would remove all keys from <c>--prefix</c> to
    /// <c>a</c>. Whoever means such a key says so by <c>--</c> in front of it.
    /// </remarks>
    public static string? Find(ParseResult parsed)
    {
        var meant = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash)
            .Select(token => token.Value).ToList();
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value).FirstOrDefault(word => LooksLikeOne(word) && !meant.Remove(word));
    }

    // '-', '-5' and '-- text' do not.
    private static bool LooksLikeOne(string word) =>
        word.Length > 1 && word[0] == '-' && char.IsAsciiLetter(word[1] == '-' && word.Length > 2 ? word[2] : word[1]);
}
