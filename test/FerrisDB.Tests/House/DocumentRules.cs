using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>
/// What the documentation must not do: point at nothing, or speak of the machine that it was written on.
/// </summary>
internal static partial class DocumentRules
{
    public static IEnumerable<string> DeadLinks(MarkdownPage page) =>
        from link in page.Links
        let problem = ProblemOf(link)
        where problem is not null
        select $"{page.Path}:{link.Line}: {problem}";

    /// <summary>Places that exist on one machine only, and feeds that a reader may not have.</summary>
    public static IEnumerable<string> PrivatePlaces(string path, string text)
    {
        var lines = text.Split('\n');
        return SourceRule.Matching(lines, PrivatePlace())
            .Select(line => $"{path}:{line}: a path or host that not everybody has. Name it from the root.");
    }

    /// <summary>Items of <paramref name="items"/> that no row of a table of the page begins with.</summary>
    public static IEnumerable<string> WithoutRow(MarkdownPage page, IEnumerable<string> items)
    {
        var firstCells = Row().Matches(page.Text).Select(match => match.Groups["cell"].Value).ToHashSet();
        return items.Where(item => !firstCells.Contains(item))
            .Select(item => $"{page.Path} has no row for {item}: add one that says what it is for.");
    }

    private static string? ProblemOf(PageLink link)
    {
        if (!RepositoryTree.Exists(link.Target))
            return $"links to {link.Target}, which does not exist.";
        if (link.Anchor.Length == 0)
            return null;
        if (link.Target.EndsWith(".md", StringComparison.Ordinal))
            return HasHeading(link) ? null : $"links to a heading #{link.Anchor} that {link.Target} does not have.";
        return HasLines(link) ? null : $"links to lines #{link.Anchor} that {link.Target} does not have.";
    }

    private static bool HasHeading(PageLink link) =>
        new MarkdownPage(link.Target, RepositoryTree.Read(link.Target)).Anchors.Contains(link.Anchor);

    private static bool HasLines(PageLink link)
    {
        var range = LineRange().Match(link.Anchor);
        var last = range.Groups["last"].Success ? range.Groups["last"] : range.Groups["first"];
        return range.Success && int.Parse(last.Value) <= RepositoryTree.Read(link.Target).Split('\n').Length;
    }

    [GeneratedRegex(@"^L(?<first>\d+)(-L(?<last>\d+))?$")]
    private static partial Regex LineRange();

    // The first cell of a row, without the marks of code and links.
    [GeneratedRegex(@"^\| *\[?`?(?<cell>[\w.]+)`?(\]\([^)]*\))? *\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<![\w.])/(work|root|home|farm)/\w|\b(nuge[t]|pyp[i])\.org\b|\bnpm[j]s\.(org|com)\b")]
    private static partial Regex PrivatePlace();
}
