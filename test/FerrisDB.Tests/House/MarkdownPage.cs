using System.Text;
using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>
/// A link of a page to something else in the repository: a path from the root, and what follows the #.
/// </summary>
internal sealed record PageLink(int Line, string Target, string Anchor);

/// <summary>A page of the documentation: its relative links, its headings, its blocks of code.</summary>
internal sealed partial class MarkdownPage
{
    private readonly string _prose;

    public MarkdownPage(string path, string text)
    {
        Path = path;
        Text = text.ReplaceLineEndings("\n");
        _prose = CodeBlock().Replace(Text, match => new string('\n', match.Value.Count(each => each == '\n')));
    }

    /// <summary>The pages that are checked: those at the root, and everything in docs/.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } = Directory.EnumerateFiles(RepositoryTree.Root, "*.md")
        .Select(path => System.IO.Path.GetFileName(path))
        .Concat(RepositoryTree.Files("docs", "*.md"))
        .Order(StringComparer.Ordinal)
        .Select(path => new MarkdownPage(path, RepositoryTree.Read(path)))
        .ToList();

    /// <summary>Below the repository's root.</summary>
    public string Path { get; }

    public string Text { get; }

    public IEnumerable<PageLink> Links =>
        from match in Link().Matches(_prose)
        let target = match.Groups["target"].Value
        where !target.Contains(':', StringComparison.Ordinal)
        let parts = target.Split('#', 2)
        select new PageLink(
            _prose.AsSpan(0, match.Index).Count('\n') + 1,
            parts[0].Length == 0 ? Path : Resolve(parts[0]),
            parts.Length == 1 ? "" : parts[1]);

    /// <summary>What a link to a heading of this page says behind its #.</summary>
    public IEnumerable<string> Anchors =>
        Heading().Matches(_prose).Select(match => AnchorOf(match.Groups["title"].Value));

    /// <summary>The blocks of code in a language.</summary>
    public IEnumerable<string> CodeBlocks(string language) =>
        CodeBlock().Matches(Text)
            .Where(match => match.Groups["language"].Value == language)
            .Select(match => match.Groups["code"].Value);

    private string Resolve(string relative)
    {
        var root = RepositoryTree.Root;
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.Combine(root, Path))!;
        var full = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, relative));
        return System.IO.Path.GetRelativePath(root, full).Replace('\\', '/');
    }

    private static string AnchorOf(string title)
    {
        var anchor = new StringBuilder();
        foreach (var letter in title.Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
                anchor.Append(letter);
            else if (letter == ' ')
                anchor.Append('-');
        }
        return anchor.ToString();
    }

    [GeneratedRegex(
        @"^```(?<language>\S*)[^\n]*\n(?<code>.*?)^```\s*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ +(?<title>.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
