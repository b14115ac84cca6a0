namespace FerrisDB.Tests.House;

/// <summary>
/// The house is tidy: every C# file keeps every rule, and every rule is shown to catch what breaks it.
/// </summary>
public sealed class TidyTests
{
    private static readonly IReadOnlyList<SourceRule> Rules = [.. TidyRules.All, .. WordRules.All, .. TestRules.All];

    public static TheoryData<string> RuleNames => [.. Rules.Select(rule => rule.Name)];

    [Theory, MemberData(nameof(RuleNames))]
    public void Every_source_file_keeps_the_rule(string name)
    {
        var findings = RepositoryTree.SourceFiles.SelectMany(Rule(name).Findings);

        AssertNone(findings);
    }

    [Theory, MemberData(nameof(RuleNames))]
    public void The_rule_catches_a_file_that_breaks_it(string name)
    {
        Assert.Single(Rule(name).FindingsInSample());
    }

    [Fact]
    public void The_tree_has_source_files_to_check()
    {
        Assert.True(RepositoryTree.SourceFiles.Count > 20);
    }

    // Assert.Empty would cut the list short, and the list is what one works from.
    internal static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static SourceRule Rule(string name) => Rules.Single(rule => rule.Name == name);
}
