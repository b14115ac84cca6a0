namespace FerrisDB.Tests.House;

/// <summary>The walls stand: between the projects, between the folders, and around the operating system.</summary>
public sealed class ArchitectureTests
{
    public static TheoryData<string> RuleNames => [.. ArchitectureRules.All.Select(rule => rule.Name)];

    [Theory, MemberData(nameof(RuleNames))]
    public void Every_source_file_keeps_the_rule(string name)
    {
        TidyTests.AssertNone(RepositoryTree.SourceFiles.SelectMany(Rule(name).Findings));
    }

    [Theory, MemberData(nameof(RuleNames))]
    public void The_rule_catches_a_file_that_breaks_it(string name)
    {
        Assert.Single(Rule(name).FindingsInSample());
    }

    [Fact]
    public void Project_references_run_one_way()
    {
        var upwards = Storage("<ProjectReference Include='../FerrisDB.Cli/FerrisDB.Cli.csproj' />");
        var toTests = Storage("<ProjectReference Include='../../test/FerrisDB.TestKit/FerrisDB.TestKit.csproj' />");
        Assert.Single(ProjectRules.ReferencesAgainstTheDirection(upwards));
        Assert.Single(ProjectRules.ReferencesAgainstTheDirection(toTests));

        TidyTests.AssertNone(ProjectFile.All.SelectMany(ProjectRules.ReferencesAgainstTheDirection));
    }

    [Fact]
    public void Libraries_reference_nothing_but_what_they_are_for()
    {
        var withHost = Storage("<FrameworkReference Include='Microsoft.AspNetCore.App' />");
        var withConsole = Storage("<PackageReference Include='Spectre.Console' />");
        var hosted = new ProjectFile(
            "src/FerrisDB/FerrisDB.csproj",
            "<Project><PackageReference Include='Microsoft.Extensions.Hosting.Abstractions' /></Project>");
        Assert.Single(ProjectRules.StrangersInLibraries(withHost));
        Assert.Single(ProjectRules.StrangersInLibraries(withConsole));
        Assert.Single(ProjectRules.StrangersInLibraries(hosted));

        TidyTests.AssertNone(ProjectFile.All.SelectMany(ProjectRules.StrangersInLibraries));
    }

    [Fact]
    public void Internals_are_shown_to_the_next_project_up_and_to_tests_only()
    {
        Assert.Single(ProjectRules.FriendsFromAfar(Storage("<InternalsVisibleTo Include='FerrisDB.Server' />")));
        Assert.Empty(ProjectRules.FriendsFromAfar(Storage("<InternalsVisibleTo Include='FerrisDB.Tests' />")));

        TidyTests.AssertNone(ProjectFile.All.SelectMany(ProjectRules.FriendsFromAfar));
    }

    [Fact]
    public void Every_project_of_the_product_and_of_its_tests_is_in_the_solution()
    {
        var solution = RepositoryTree.Read("FerrisDB.slnx");

        var missing = ProjectFile.All
            .Where(project => !StandsApart(project) && !solution.Contains(project.Path, StringComparison.Ordinal))
            .Select(project => $"{project.Path} is not in FerrisDB.slnx.");

        TidyTests.AssertNone(missing);
    }

    // These restore from other feeds, need native packages, or are published: .ci/run builds them.
    private static bool StandsApart(ProjectFile project) =>
        project.Path.StartsWith("test/consumer/", StringComparison.Ordinal)
        || project.Path.StartsWith("test/aot-smoke/", StringComparison.Ordinal)
        || project.Name is "FerrisDB.Bench.Peers" or "FerrisDB.Bench.Instructions";

    private static ProjectFile Storage(string item) =>
        new("src/FerrisDB.Storage/FerrisDB.Storage.csproj", $"<Project><ItemGroup>{item}</ItemGroup></Project>");

    private static SourceRule Rule(string name) => ArchitectureRules.All.Single(rule => rule.Name == name);
}
