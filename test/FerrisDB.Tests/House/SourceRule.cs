using System.Text.RegularExpressions;

namespace FerrisDB.Tests.House;

/// <summary>
/// A rule of the house about one C# file, with a file that breaks it: a rule that never failed proves nothing.
/// </summary>
/// <param name="Name">The rule, as a sentence.</param>
/// <param name="Advice">What to do instead.</param>
/// <param name="Broken">Lines (from one) that break the rule.</param>
/// <param name="SamplePath">Where the sample pretends to lie; decides whether the rule applies to it.</param>
/// <param name="Sample">Source text that breaks the rule.</param>
internal sealed record SourceRule(
    string Name,
    string Advice,
    Func<SourceFile, IEnumerable<int>> Broken,
    string SamplePath,
    string Sample)
{
    /// <summary>The files that the rule is about; all of them if not set.</summary>
    public Func<string, bool> AppliesTo { get; init; } = _ => true;

    public IEnumerable<string> Findings(SourceFile file) =>
        AppliesTo(file.Path)
            ? Broken(file).Select(line => $"{file.Path}:{line}: {Name}. {Advice}")
            : [];

    public IReadOnlyList<string> FindingsInSample() => Findings(new SourceFile(SamplePath, Sample)).ToList();

    /// <summary>Lines of <paramref name="lines"/> that match.</summary>
    public static IEnumerable<int> Matching(string[] lines, Regex pattern) =>
        Enumerable.Range(1, lines.Length).Where(number => pattern.IsMatch(lines[number - 1]));

    public override string ToString() => Name;
}
